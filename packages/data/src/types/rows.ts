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
export type KeyName<Schema> = { [K in keyof Schema]: Schema[K] extends { readonly __key: true } ? K : never }[keyof Schema] extends infer Key
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
type RelationValue<M> =
  RelationOf<M> extends "hasMany" | "manyToMany" ? Row<SchemaOf<TargetOf<M>>>[] : Nullable<Row<SchemaOf<TargetOf<M>>>, M>;

type KindOf<M> = M extends { readonly kind: infer Kind extends PropertyKind } ? Kind : never;

/** How an exact number is stored beside its column: its digits as text. */
export interface RawNumber {
  value: string;
  precision: number;
  [key: string]: unknown;
}

/** What every row has. */
export interface ImplicitColumns {
  created_at: Date;
  updated_at: Date;
  deleted_at: Date | null;
}

type Members<Schema> = {
  [K in keyof Schema]: IsProperty<Schema[K]> extends true ? PropertyValue<Schema[K]> : RelationValue<Schema[K]>;
};
type PropertyValue<M> = M extends { readonly __value: infer Value } ? Value : never;
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

/** The value of a schema's primary key. */
export type KeyValue<Schema> = KeyName<Schema> extends keyof Schema ? PropertyValue<Schema[KeyName<Schema>]> : string;

/** A row of a schema, with everything a read can bring: properties, foreign keys, relations. */
export type Row<Schema> =
  IsAny<Schema> extends true ? Schema : Flat<Members<Schema> & ForeignKeys<Schema> & RawColumns<Schema> & ImplicitColumns>;

type Flat<T> = { [K in keyof T]: T[K] };

/**
 * The row type of a model, relations included.
 *
 * @example
 * type ArtistRow = InferTypeOf<typeof Artist>; // { id: string; name: string; albums: …[]; … }
 */
export type InferTypeOf<Entity> = Row<SchemaOf<Entity>>;
