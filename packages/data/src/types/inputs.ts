import type { BigNumberInput } from "@velella/kernel";
import type { OrderDirection } from "../plan/read-plan";
import type { PropertyKind } from "../spec/model-spec";
import type { ColumnsOf, ForeignKeyName, KeyColumns, KeyValue, Row, SchemaOf, TargetOf } from "./rows";

/** What may be written into a property; wider than what a row holds. */
type InputValue<M> = M extends { readonly kind: infer Kind extends PropertyKind; readonly __value: infer Value }
  ? Kind extends "bigNumber"
    ? BigNumberInput | Extract<Value, null>
    : Kind extends "dateTime"
      ? Value | string
      : Value
  : never;

type PropertiesWith<Schema, Input> = {
  [K in keyof Schema]: Schema[K] extends { readonly __input: infer I } ? (I extends Input ? K : never) : never;
}[keyof Schema];

type RelationsOf<Schema> = { [K in keyof Schema]: Schema[K] extends { readonly __target: unknown } ? K : never }[keyof Schema];

/** A related row: a new one, or the key of an existing one, alone or in an object. */
type RelatedInput<Schema> = KeyValue<Schema> | CreateInputOf<Schema> | KeyColumns<Schema>;

type RelationInput<M> = M extends { readonly kind: "hasMany" | "manyToMany" }
  ? readonly RelatedInput<SchemaOf<TargetOf<M>>>[]
  : RelatedInput<SchemaOf<TargetOf<M>>> | (M extends { readonly __nullable: true } ? null : never);

/** What may be written beside the required properties. */
type OptionalInputs<Schema> = {
  [K in PropertiesWith<Schema, "optional">]?: InputValue<Schema[K]>;
} & {
  [K in RelationsOf<Schema>]?: RelationInput<Schema[K]>;
} & {
  [K in keyof Schema as ForeignKeyName<Schema[K], K>]?:
    | KeyValue<SchemaOf<TargetOf<Schema[K]>>>
    | (Schema[K] extends { readonly __nullable: true } ? null : never);
} & {
  created_at?: Date | string;
  updated_at?: Date | string;
  deleted_at?: Date | string | null;
};

type CreateInputOf<Schema> = { [K in PropertiesWith<Schema, "required">]: InputValue<Schema[K]> } & OptionalInputs<Schema>;

/**
 * What creating a row takes: properties without default or null are required; a belongsTo relation is given by its
 * foreign key or by the relation's name (where both are given, the key counts); rows of hasMany and manyToMany relations
 * may be given by key or as new rows. An object with the generated key of a row only refers to that row: what it has
 * beside is not written, and told as a name that does not exist would be.
 */
export type CreateInput<Entity> = CreateInputOf<SchemaOf<Entity>>;

/** What updating a row takes: its primary key, and whatever changes. */
export type UpdateInput<Entity> = KeyColumns<SchemaOf<Entity>> & Partial<CreateInput<Entity>>;

type ColumnNames<Schema> = { [K in keyof Schema]: Schema[K] extends { readonly __target: unknown } ? never : K }[keyof Schema];

/** Names of columns and relations, for `select`; other strings are let through, such as `"albums.title"`. */
export type FieldName<Entity> = (ColumnNames<Row<SchemaOf<Entity>>> & string) | (string & {});

/** Names of relations, for `relations`; other strings are let through, such as `"albums.labels"`. */
export type RelationName<Entity> = (RelationsOf<SchemaOf<Entity>> & string) | (string & {});

type OrderOf<Schema> = {
  readonly [K in keyof ColumnsOf<{ schema: Schema }>]?: OrderDirection;
} & {
  // A direction alone is let through, so that an order may be put together of names that are texts.
  readonly [K in RelationsOf<Schema>]?: OrderOf<SchemaOf<TargetOf<Schema[K]>>> | OrderDirection;
};

/** An order by the columns of a model, and of what its relations lead to: `{ name: "ASC", artist: { name: "DESC" } }`. */
export type OrderFor<Entity> = OrderOf<SchemaOf<Entity>>;
