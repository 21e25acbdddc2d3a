import type { PropertyKind } from "../spec/model-spec";
import type { ForeignKeyName, KeyValue, SchemaOf, TargetOf } from "./rows";

/** Comparisons of a filter. */
export interface FilterOperators<Value> {
  $eq?: Value | null;
  $ne?: Value | null;
  $in?: readonly (Value | null)[];
  $nin?: readonly (Value | null)[];
  $gt?: Value;
  $gte?: Value;
  $lt?: Value;
  $lte?: Value;
  /** SQL patterns: `%` stands for any text. */
  $like?: string;
  /** Like `$like`, without regard to case. */
  $ilike?: string;
  /** Regular expression. */
  $re?: string;
  $fulltext?: string;
  /** Lists that share an element with this one. */
  $overlap?: readonly unknown[];
  /** Lists that have all elements of this one; JSON that holds this. */
  $contains?: readonly unknown[] | Record<string, unknown>;
  $contained?: readonly unknown[];
  $exists?: boolean;
  $not?: FilterOperators<Value> | Value | null;
  $and?: readonly (FilterOperators<Value> | Value)[];
  $or?: readonly (FilterOperators<Value> | Value)[];
}

/** A value, a list of values (any of them), null, or comparisons. */
export type FilterValue<Value> = Value | readonly (Value | null)[] | null | FilterOperators<Value>;

type Compared<M> = M extends { readonly kind: infer Kind extends PropertyKind; readonly __value: infer Value }
  ? Kind extends "dateTime"
    ? Date | string
    : Kind extends "bigNumber"
      ? number | string
      : NonNullable<Value>
  : never;

type FiltersOf<Schema> = {
  [K in keyof Schema]?: Schema[K] extends { readonly __target: unknown }
    ? FiltersOf<SchemaOf<TargetOf<Schema[K]>>> | FilterValue<KeyValue<SchemaOf<TargetOf<Schema[K]>>>>
    : FilterValue<Compared<Schema[K]>>;
} & {
  [K in keyof Schema as ForeignKeyName<Schema[K], K>]?: FilterValue<KeyValue<SchemaOf<TargetOf<Schema[K]>>>>;
} & {
  created_at?: FilterValue<Date | string>;
  updated_at?: FilterValue<Date | string>;
  deleted_at?: FilterValue<Date | string>;
  /** Text looked for in the searchable properties. */
  q?: string;
  $and?: readonly FiltersOf<Schema>[];
  $or?: readonly FiltersOf<Schema>[];
  $not?: FiltersOf<Schema>;
};

/** Filters on a model: by its properties, its foreign keys, its relations and theirs, and by the search term `q`. */
export type FiltersFor<Entity> = FiltersOf<SchemaOf<Entity>>;
