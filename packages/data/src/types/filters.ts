import type { PropertyKind } from "../spec/model-spec";
import type { ForeignKeyName, KeyValue, SchemaOf, TargetOf } from "./rows";

/** What a filter may ask of any property. */
interface AnyOperators<Value, Kind extends PropertyKind> {
  $eq?: Value | null;
  $ne?: Value | null;
  $in?: readonly (Value | null)[];
  $nin?: readonly (Value | null)[];
  $exists?: boolean;
  $not?: FilterOperators<Value, Kind> | Value | null;
  $and?: readonly (FilterOperators<Value, Kind> | Value)[];
  $or?: readonly (FilterOperators<Value, Kind> | Value)[];
}

/** What a filter may ask of properties whose values have an order. */
interface ComparisonOperators<Value> {
  $gt?: Value;
  $gte?: Value;
  $lt?: Value;
  $lte?: Value;
}

/** What a filter may ask of texts. */
interface TextOperators {
  /** SQL patterns: `%` stands for any text. */
  $like?: string;
  /** Like `$like`, without regard to case. */
  $ilike?: string;
  /** Regular expression. */
  $re?: string;
  $fulltext?: string;
}

/** What a filter may ask of lists and JSON. */
interface ContentOperators {
  /** Lists that have all elements of this one; JSON that holds this. */
  $contains?: readonly unknown[] | Record<string, unknown>;
  $contained?: readonly unknown[] | Record<string, unknown>;
}

/** What a filter may ask of lists. */
interface ListOperators extends ContentOperators {
  /** Lists that share an element with this one. */
  $overlap?: readonly unknown[];
}

type OperatorsOf<Value, Kind extends PropertyKind> = PropertyKind extends Kind
  ? ComparisonOperators<Value> & TextOperators & ListOperators
  : Kind extends "array"
    ? ListOperators
    : Kind extends "json"
      ? ContentOperators
      : Kind extends "id" | "text" | "enum"
        ? ComparisonOperators<Value> & TextOperators
        : ComparisonOperators<Value>;

/** Comparisons of a filter on a property: those that its kind has, or all where the kind is not known. */
export type FilterOperators<Value, Kind extends PropertyKind = PropertyKind> = AnyOperators<Value, Kind> & OperatorsOf<Value, Kind>;

/** A value, a list of values (any of them), null, or comparisons. */
export type FilterValue<Value, Kind extends PropertyKind = PropertyKind> =
  | Value
  | readonly (Value | null)[]
  | null
  | FilterOperators<Value, Kind>;

/** A key by its value: foreign keys and relations are filtered by what the other primary key holds. */
type KeyFilter<Schema> = FilterValue<KeyValue<Schema>, KeyValue<Schema> extends number ? "number" : "text">;

type KindOf<M> = M extends { readonly kind: infer Kind extends PropertyKind } ? Kind : PropertyKind;

type Compared<M> = M extends { readonly kind: infer Kind extends PropertyKind; readonly __value: infer Value }
  ? Kind extends "dateTime"
    ? Date | string
    : Kind extends "bigNumber"
      ? number | string
      : NonNullable<Value>
  : never;

type FiltersOf<Schema> = {
  [K in keyof Schema]?: Schema[K] extends { readonly __target: unknown }
    ? FiltersOf<SchemaOf<TargetOf<Schema[K]>>> | KeyFilter<SchemaOf<TargetOf<Schema[K]>>>
    : FilterValue<Compared<Schema[K]>, KindOf<Schema[K]>>;
} & {
  [K in keyof Schema as ForeignKeyName<Schema[K], K>]?: KeyFilter<SchemaOf<TargetOf<Schema[K]>>>;
} & {
  created_at?: FilterValue<Date | string, "dateTime">;
  updated_at?: FilterValue<Date | string, "dateTime">;
  deleted_at?: FilterValue<Date | string, "dateTime">;
  /** Text looked for in the searchable properties. */
  q?: string;
  $and?: readonly FiltersOf<Schema>[];
  $or?: readonly FiltersOf<Schema>[];
  $not?: FiltersOf<Schema>;
};

/** Filters on a model: by its properties, its foreign keys, its relations and theirs, and by the search term `q`. */
export type FiltersFor<Entity> = FiltersOf<SchemaOf<Entity>>;
