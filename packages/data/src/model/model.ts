import type { RelationKind } from "../spec/model-spec";
import { DmlEntity, type ModelName, type ModelSchema } from "./entity";
import { createProperty, type Property } from "./property";
import {
  type BelongsToOptions,
  type HasManyOptions,
  type HasOneOptions,
  type ManyToManyOptions,
  Relation,
  type RelationState,
} from "./relation";

/** A TypeScript enum, or an object used as one. */
type EnumObject = { readonly [key: string]: string | number };
type EnumValues<V> = V extends readonly (infer E)[] ? E : V extends EnumObject ? V[keyof V] : never;
type GivenName<N extends ModelName> = N extends string ? N : N extends { readonly name: infer G extends string } ? G : string;
/** The default name counts as `true`, a name that was given as itself. */
type GivenKey<O> = O extends { foreignKeyName: infer F extends string } ? F : true;
type HasOneKey<O> = O extends { foreignKey: true } ? GivenKey<O> : false;

function define<const Name extends ModelName, Schema extends ModelSchema>(name: Name, schema: Schema): DmlEntity<Schema, GivenName<Name>> {
  return new DmlEntity<Schema, GivenName<Name>>(name, schema);
}

function enumeration<const Values extends readonly string[] | EnumObject>(
  values: Values,
): Property<EnumValues<Values> & string, "enum", "required", false> {
  // What is no text among them is refused when the spec is built, which knows the names of the model and the property.
  const list = (Array.isArray(values) ? values : Object.values(values)) as readonly string[];
  return createProperty("enum", { values: Object.freeze([...list]) });
}

function relation<Target, Kind extends RelationKind, ForeignKey extends string | boolean>(
  kind: Kind,
  target: Target,
  options: Partial<RelationState>,
): Relation<Target, Kind, false, ForeignKey> {
  return new Relation<Target, Kind, false, ForeignKey>(kind, { nullable: false, searchable: false, ...options, target });
}

const first = (column: string | string[] | undefined) => (Array.isArray(column) ? column[0] : column);

/**
 * The data modelling language: defines what a module stores.
 *
 * Relations are given as functions, because models refer to each other in circles. Where the declarations of a model are
 * published, give the function its return type, `(): typeof Album => Album`: without it TypeScript writes `any` where a
 * circle closes.
 *
 * @example
 * export const Artist = model.define("artist", {
 *   id: model.id({ prefix: "art" }).primaryKey(),
 *   name: model.text().searchable(),
 *   bio: model.text().nullable(),
 *   albums: model.hasMany(() => Album, { mappedBy: "artist" }),
 * });
 */
export const model = {
  /** A model: its name (or name and table) and its properties and relations. */
  define,

  /** A text column filled with a ULID, with `<prefix>_` before it where a prefix is given. */
  id: (options: { prefix?: string } = {}): Property<string, "id", "optional", false> =>
    createProperty("id", options.prefix === undefined ? {} : { idPrefix: options.prefix }),

  /** A text column. */
  text: (): Property<string, "text", "required", false> => createProperty("text"),

  /** An integer column. */
  number: (): Property<number, "number", "required", false> => createProperty("number"),

  /** A column of single-precision floating point numbers. */
  float: (): Property<number, "float", "required", false> => createProperty("float"),

  /** An exact decimal: a numeric column, and beside it `raw_<name>` with all digits. For money and quantities. */
  bigNumber: (): Property<number, "bigNumber", "required", false> => createProperty("bigNumber"),

  /** A boolean column. */
  boolean: (): Property<boolean, "boolean", "required", false> => createProperty("boolean"),

  /** A timestamp with time zone; rows hold it as a Date. */
  dateTime: (): Property<Date, "dateTime", "required", false> => createProperty("dateTime"),

  /** A jsonb column. */
  json: (): Property<Record<string, unknown>, "json", "required", false> => createProperty("json"),

  /** A column holding a list of texts. */
  array: (): Property<string[], "array", "required", false> => createProperty("array"),

  /** A text column that holds one of the given values: a list, or a TypeScript enum. */
  enum: enumeration,

  /** An integer that the database counts up. */
  autoincrement: (): Property<number, "autoincrement", "optional", false> => createProperty("autoincrement"),

  /** One row of another model, which holds the foreign key (unless `foreignKey: true`). */
  hasOne: <Target, const Options extends HasOneOptions = HasOneOptions>(
    target: Target,
    options?: Options,
  ): Relation<Target, "hasOne", false, HasOneKey<Options>> => relation("hasOne", target, { ...options }),

  /** Any number of rows of another model, each of which holds a foreign key. */
  hasMany: <Target>(target: Target, options?: HasManyOptions): Relation<Target, "hasMany", false, false> =>
    relation("hasMany", target, { ...options }),

  /** A row of another model; the foreign key column is in this model's table. */
  belongsTo: <Target, const Options extends BelongsToOptions = BelongsToOptions>(
    target: Target,
    options?: Options,
  ): Relation<Target, "belongsTo", false, GivenKey<Options>> => relation("belongsTo", target, { ...options }),

  /** Any number of rows of another model, each of which may have any number of rows of this one. */
  manyToMany: <Target>(target: Target, options: ManyToManyOptions = {}): Relation<Target, "manyToMany", false, false> => {
    const { joinColumn, inverseJoinColumn, ...rest } = options;
    const columns: { joinColumn?: string; inverseJoinColumn?: string } = {};
    const [join, inverse] = [first(joinColumn), first(inverseJoinColumn)];
    if (join !== undefined) columns.joinColumn = join;
    if (inverse !== undefined) columns.inverseJoinColumn = inverse;
    return relation("manyToMany", target, { ...rest, ...columns });
  },
};
