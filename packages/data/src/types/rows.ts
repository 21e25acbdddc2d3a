import type { PropertyKind, RelationKind } from "../spec/model-spec";

/** True for types that were lost on the way, such as those of models in declaration files that refer to each other. */
type IsAny<T> = 0 extends 1 & T ? true : false;

/** The schema of a model. */
export type SchemaOf<Entity> = Entity extends { readonly schema: infer Schema } ? Schema : never;

/** The model that a relation leads to. */
export type TargetOf<R> = R extends { readonly __target: infer Target } ? (Target extends () => infer Entity ? Entity : Target) : never;

type IsProperty<M> = M extends { readonly __value: unknown } ? true : false;
type RelationOf<M> = M extends { readonly __target: unknown; readonly kind: infer Kind extends RelationKind } ? Kind : never;
type IsNullable<M> = M extends { readonly __nullable: true } ? true : false;

/** Name of a schema's primary key: what is marked as such, else `id`. Several names where the key has several columns. */
export type KeyName<Schema> = {
  [K in keyof Schema]: Schema[K] extends { readonly __key: true } ? K : never;
}[keyof Schema] extends infer Key
  ? [Key] extends [never]
    ? "id"
    : Key & string
  : never;

/** Name of the foreign key column of a relation, or never where the other side has it. */
export type ForeignKeyName<M, Name> = M extends { readonly __foreignKey: infer Given }
  ? Given extends string
    ? Given
    : Given extends true
      ? `${Name & string}_${KeyName<SchemaOf<TargetOf<M>>>}`
      : never
  : never;

type Nullable<Value, M> = IsNullable<M> extends true ? Value | null : Value;

/** What a row holds under a relation. */
type RelationValue<M, DateValue> =
  RelationOf<M> extends "hasMany" | "manyToMany"
    ? Row<SchemaOf<TargetOf<M>>, DateValue>[]
    : Nullable<Row<SchemaOf<TargetOf<M>>, DateValue>, M>;

type KindOf<M> = M extends { readonly kind: infer Kind extends PropertyKind } ? Kind : never;

/** How an exact number is stored beside its column: its digits as text. */
export interface RawNumber {
  value: string;
  precision: number;
  [key: string]: unknown;
}

/** What every row has. */
export interface ImplicitColumns<DateValue = Date> {
  created_at: DateValue;
  updated_at: DateValue;
  deleted_at: DateValue | null;
}

type Columns<Schema, DateValue> = {
  [K in keyof Schema as IsProperty<Schema[K]> extends true ? K : never]: PropertyValue<Schema[K], DateValue>;
};
type Relations<Schema, DateValue> = {
  [K in keyof Schema as IsProperty<Schema[K]> extends true ? never : K]: RelationValue<Schema[K], DateValue>;
};
type PropertyValue<M, DateValue = Date> = M extends { readonly __value: infer Value }
  ? KindOf<M> extends "dateTime"
    ? DateValue | Extract<Value, null>
    : Value
  : never;
type ForeignKeys<Schema> = {
  [K in keyof Schema as ForeignKeyName<Schema[K], K>]: Nullable<KeyValue<SchemaOf<TargetOf<Schema[K]>>>, Schema[K]>;
};
type RawColumns<Schema> = {
  [K in keyof Schema as KindOf<Schema[K]> extends "bigNumber" ? `raw_${K & string}` : never]: PropertyValue<Schema[K]> extends infer Value
    ? null extends Value
      ? RawNumber | null
      : RawNumber
    : never;
};

/** The columns of a schema's primary key, with their values. */
export type KeyColumns<Schema> = { [K in KeyName<Schema>]: K extends keyof Schema ? PropertyValue<Schema[K]> : string };

/** The value of a schema's primary key; where it has several columns, `{ row: "a", number: 2 }`. */
export type KeyValue<Schema> = IsUnion<KeyName<Schema>> extends true ? KeyColumns<Schema> : KeyColumns<Schema>[KeyName<Schema>];

type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;

type OwnColumns<Schema, DateValue> = Columns<Schema, DateValue> & ForeignKeys<Schema> & RawColumns<Schema> & ImplicitColumns<DateValue>;
type AllOf<Schema, DateValue> =
  IsAny<Schema> extends true ? Record<string, Schema> : OwnColumns<Schema, DateValue> & Relations<Schema, DateValue>;

/**
 * A row of a schema, with everything a read can bring: properties, foreign keys, relations.
 *
 * @typeParam DateValue What its dates are.
 */
// Mapped, and not conditional: what TypeScript prints in messages and declaration files is this name then.
export type Row<Schema, DateValue = Date> = { [K in keyof AllOf<Schema, DateValue>]: AllOf<Schema, DateValue>[K] };

/**
 * The row type of a model, relations included.
 *
 * @example
 * type ArtistRow = InferTypeOf<typeof Artist>; // { id: string; name: string; albums: …[]; … }
 */
export type InferTypeOf<Entity> = Row<SchemaOf<Entity>>;

/**
 * The row type of a model where rows have crossed a boundary: in the steps and hooks of a workflow, and in JSON, dates
 * are texts. A row as a service returns it fits.
 */
export type InferRecordOf<Entity> = Row<SchemaOf<Entity>, Date | string>;

/** The columns of a model's table: a row without its relations. */
export type ColumnsOf<Entity> = {
  [K in keyof OwnColumns<SchemaOf<Entity>, Date>]: OwnColumns<SchemaOf<Entity>, Date>[K];
};
