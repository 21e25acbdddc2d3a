import type { ModelSpec } from "../spec/model-spec";

/**
 * What a read needs to know, before it is SQL. `ModuleService` makes such requests for one module;
 * `query.graph` makes them across modules by giving a resolver that knows links as well.
 */

/** Fields asked for: scalars by name, relations with the fields asked of them. */
export interface FieldTree {
  /** Scalar properties; `"*"` stands for all own columns. */
  readonly scalars: ReadonlySet<string>;
  readonly relations: ReadonlyMap<string, FieldTree>;
}

/** How two tables meet. */
export type Join =
  | { readonly kind: "key"; readonly from: string; readonly to: string }
  | {
      readonly kind: "pivot";
      readonly table: string;
      /** Column of the row on this side, and the pivot's column that holds it. */
      readonly from: string;
      readonly pivotFrom: string;
      /** The pivot's column that holds the key of the other side, and that key. */
      readonly pivotTo: string;
      readonly to: string;
      /** True when rows of the pivot table may be soft-deleted. */
      readonly softDeletes: boolean;
    };

/** A way from one model to another inside one database. */
export interface Edge {
  readonly name: string;
  readonly many: boolean;
  readonly target: ModelSpec;
  readonly join: Join;
  /** `null` when nothing is there, or the key left out; relations of a module say null, links leave it out. */
  readonly absent: "null" | "omit";
  /** The rows are only steps to others, so that it does not matter whether their holders are there. Default: false. */
  readonly isStep?: boolean;
}

/** Finds the edges of a model. The default knows the model's own relations. */
export type EdgeResolver = (spec: ModelSpec, name: string) => Edge | undefined;

type DirectionName = "ASC" | "DESC" | "asc" | "desc";
/** Without further words PostgreSQL sorts nulls last in ascending and first in descending order. */
export type OrderDirection = DirectionName | `${DirectionName} ${"nulls first" | "nulls last" | "NULLS FIRST" | "NULLS LAST"}` | 1 | -1;
/** `{title: "ASC", brand: {name: "DESC"}}` */
export type OrderBy = { readonly [field: string]: OrderDirection | OrderBy };

/** Filters in the contract's form: values, operator maps, `$and`/`$or`/`$not`, nested relations, `q`. */
export type Filters = { readonly [field: string]: unknown };

/**
 * One read of one model. `order` is by primary key where it is missing, `take` all rows, and `edges` the model's own
 * relations.
 *
 * Soft-deleted rows are left out, on every level, unless `withDeleted` is true; a filter on `deleted_at` shows those of the
 * model itself.
 *
 * @throws `data.bad_page` from the read, for a `take` or `skip` that is no whole number of at least 0.
 */
export interface ReadRequest {
  readonly spec: ModelSpec;
  readonly fields: FieldTree;
  readonly filters?: Filters;
  readonly order?: OrderBy;
  readonly take?: number;
  readonly skip?: number;
  readonly withDeleted?: boolean;
  /**
   * Also return how many rows match without `take` and `skip`: exactly, or with `"estimate"` exactly up to 10,000 and
   * beyond that as PostgreSQL's statistics have it, so that the count never takes longer than the page.
   */
  readonly count?: boolean | "estimate";
  readonly edges?: EdgeResolver;
}

/** The rows of one page. `count` is there when the request asked for it. */
export interface ReadResult<Row = Record<string, unknown>> {
  readonly rows: Row[];
  readonly count?: number;
  /** True where `count` is an estimate. */
  readonly isEstimate?: boolean;
}
