import type { PropertyKind, PropertySpec } from "../spec/model-spec";
import { checkProperty } from "./definition-checks";
import { type AnyEntity, DmlEntity } from "./entity";
import { modelErrors } from "./errors";
import { Property, type PropertyState } from "./property";
import { Relation } from "./relation";

/** The two halves of a model's schema, in the order of their declaration. */
export interface Schema {
  readonly properties: readonly (readonly [string, Property<unknown>])[];
  readonly relations: readonly (readonly [string, Relation<unknown>])[];
}

const sqlTypes: Readonly<Record<PropertyKind, string>> = {
  id: "text",
  text: "text",
  number: "integer",
  float: "real",
  bigNumber: "numeric",
  boolean: "boolean",
  dateTime: "timestamptz",
  json: "jsonb",
  array: "text[]",
  enum: "text",
  autoincrement: "serial",
};

const plain: PropertyState = {
  nullable: false,
  primaryKey: false,
  searchable: false,
  translatable: false,
  computed: false,
  hasDefault: false,
};
const implicit = ["created_at", "updated_at", "deleted_at"];

/** Splits what was given to `model.define` into properties and relations. */
export function schemaOf(entity: AnyEntity): Schema {
  const entries = Object.entries(entity.schema as Record<string, unknown>);
  return {
    properties: entries.filter((entry): entry is [string, Property<unknown>] => entry[1] instanceof Property),
    relations: entries.filter((entry): entry is [string, Relation<unknown>] => entry[1] instanceof Relation),
  };
}

/** The model on the other side of a relation. */
export function targetOf(entity: AnyEntity, name: string, relation: Relation<unknown>): AnyEntity {
  const given = relation.state.target;
  const target: unknown = typeof given === "function" ? given() : given;
  if (!DmlEntity.isDmlEntity(target)) {
    throw modelErrors.notAModel(
      `The target of the relation "${name}" of the model "${entity.name}"`,
      target === undefined ? "undefined" : typeof target,
    );
  }
  return target;
}

/** Name and kind of the primary key columns: those marked, or else the one of kind `id`. */
export function keyOf(entity: AnyEntity): readonly { name: string; kind: PropertyKind }[] {
  const { properties } = schemaOf(entity);
  const marked = properties.filter(([, property]) => property.state.primaryKey);
  const key = marked.length > 0 ? marked : properties.filter(([, property]) => property.kind === "id").slice(0, 1);
  if (key.length === 0) throw modelErrors.noPrimaryKey(entity.name);
  return key.map(([name, property]) => ({ name, kind: property.kind }));
}

/** True where the foreign key column is on this side. */
export function isOwner(relation: Relation<unknown>): boolean {
  return relation.kind === "belongsTo" || (relation.kind === "hasOne" && relation.state.foreignKey === true);
}

/** Name of the foreign key column of a relation that owns one. */
export function foreignKeyOf(entity: AnyEntity, name: string, relation: Relation<unknown>): string {
  return relation.state.foreignKeyName ?? `${name}_${referredKey(entity, name, targetOf(entity, name, relation)).name}`;
}

/**
 * The one column by which the rows of a relation refer to a model.
 *
 * @throws `model.composite_target`
 */
export function referredKey(entity: AnyEntity, relation: string, target: AnyEntity): { name: string; kind: PropertyKind } {
  const [first, ...more] = keyOf(target);
  if (!first || more.length > 0)
    throw modelErrors.compositeTarget(
      entity.name,
      relation,
      target.name,
      keyOf(target).map(({ name }) => name),
    );
  return first;
}

/** A foreign key holds what the primary key holds; who counts that up is the other table alone. */
function foreignKeyKind(entity: AnyEntity, name: string, relation: Relation<unknown>): PropertyKind {
  const { kind } = referredKey(entity, name, targetOf(entity, name, relation));
  return kind === "number" || kind === "autoincrement" ? "number" : "text";
}

const storedType = (kind: PropertyKind) => (kind === "autoincrement" ? "integer" : sqlTypes[kind]);

/** All columns of a model in the order of its table, computed properties included. */
export function columnsOf(entity: AnyEntity): PropertySpec[] {
  const columns = new Map<string, PropertySpec>();
  const key = keyOf(entity).map((column) => column.name);
  for (const [name, member] of Object.entries(entity.schema as Record<string, unknown>)) {
    if (implicit.includes(name)) throw modelErrors.reservedProperty(entity.name, name);
    if (member instanceof Property) {
      checkProperty(entity.name, name, member.kind, { ...member.state, primaryKey: key.includes(name) });
      // A foreign key may be declared as a property as well; then it is one column, and the relation's.
      const owner = columns.get(name)?.foreignKeyOf;
      columns.set(name, columnOf(name, member.kind, { ...member.state, primaryKey: key.includes(name) }, owner));
    } else if (member instanceof Relation && isOwner(member)) {
      const column = foreignKeyOf(entity, name, member);
      const declared = columns.get(column);
      const kind = foreignKeyKind(entity, name, member);
      if (declared && storedType(declared.kind) !== sqlTypes[kind])
        throw modelErrors.foreignKeyKind(entity.name, column, declared.sqlType, name, sqlTypes[kind]);
      if (declared?.foreignKeyOf) throw modelErrors.duplicateColumn(entity.name, column, declared.foreignKeyOf, name);
      columns.set(
        column,
        declared
          ? Object.freeze({ ...declared, foreignKeyOf: name })
          : columnOf(column, kind, { ...plain, nullable: member.state.nullable }, name),
      );
    } else if (!(member instanceof Relation)) {
      throw modelErrors.notAModel(`"${name}" of the model "${entity.name}", which should be a property or relation,`, typeof member);
    }
  }
  const raw = [...columns.values()].find((column) => column.rawColumn && columns.has(column.rawColumn));
  if (raw?.rawColumn) throw modelErrors.duplicateColumn(entity.name, raw.rawColumn, raw.name, raw.rawColumn);
  return [...columns.values(), ...implicitColumns];
}

function columnOf(name: string, kind: PropertyKind, state: PropertyState, foreignKey?: string): PropertySpec {
  const { nullable, primaryKey, searchable, translatable, computed, hasDefault, idPrefix, values } = state;
  return Object.freeze({
    name,
    kind,
    sqlType: sqlTypes[kind],
    nullable,
    primaryKey,
    searchable,
    translatable,
    computed,
    hasDefault,
    ...(hasDefault && { default: state.default }),
    ...(idPrefix !== undefined && { idPrefix }),
    ...(values && { values }),
    ...(kind === "bigNumber" && !computed && { rawColumn: `raw_${name}` }),
    ...(foreignKey !== undefined && { foreignKeyOf: foreignKey }),
    implicit: false,
  });
}

const implicitColumns: readonly PropertySpec[] = implicit.map((name) =>
  Object.freeze({
    ...columnOf(name, "dateTime", {
      ...plain,
      nullable: name === "deleted_at",
      hasDefault: name !== "deleted_at",
      default: () => new Date(),
    }),
    implicit: true,
  }),
);
