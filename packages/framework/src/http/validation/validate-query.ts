import type { AppRequest, AppResponse, Middleware, NextFunction, QueryConfig, SchemaLike } from "../types";
import { parseOrder } from "./parse-order";
import { toSchema } from "./schema";
import { selectFields } from "./select-fields";
import { validateData } from "./validate-data";

/** How a route reads its query string. */
export interface QueryOptions {
  /** Fields that are given unless the request chooses. */
  defaults?: readonly string[];
  /** When given: what a request may choose beside the defaults. */
  allowed?: readonly string[];
  /** True for a list, which is paged. */
  isList?: boolean;
  /** Page size when the request says nothing; 20 by default. */
  defaultLimit?: number;
  /** Name of the entity that is queried, for documentation. */
  entity?: string;
  /** The older names of `defaults` and `allowed`. */
  defaultFields?: readonly string[];
  /** The older name of `allowed`. */
  allowedFields?: readonly string[];
}

/** Parameters that say what of the result is wanted, rather than which rows. */
const controls = new Set(["fields", "limit", "offset", "order", "with_deleted"]);

/**
 * A middleware that validates `req.query` and prepares it for `query.graph`: `req.queryConfig`
 * (also as `remoteQueryConfig`), `req.filterableFields`, `req.validatedQuery`.
 *
 * @param schema A zod schema, such as `createFindParams()` or `createSelectParams()` with more fields.
 */
export function validateAndTransformQuery(schema: SchemaLike, options: QueryOptions = {}): Middleware {
  const parsed = toSchema(schema);
  return async function validateQuery(req: AppRequest, _res: AppResponse, next: NextFunction) {
    const query = (await validateData(parsed, req.query)) as Record<string, unknown>;
    req.validatedQuery = query;
    req.filterableFields = filtersOf(query);
    req.queryConfig = queryConfigOf(query, options, req.restrictedFields);
    next();
  };
}

function filtersOf(query: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).filter(([name, value]) => !controls.has(name) && value !== undefined));
}

function queryConfigOf(query: Record<string, unknown>, options: QueryOptions, restricted: readonly string[] | undefined): QueryConfig {
  const fields = selectFields(query.fields as string | undefined, {
    defaults: options.defaults ?? options.defaultFields,
    allowed: options.allowed ?? options.allowedFields,
    restricted,
  });
  const pagination: QueryConfig["pagination"] = {};
  if (options.isList) {
    pagination.skip = (query.offset as number | undefined) ?? 0;
    pagination.take = (query.limit as number | undefined) ?? options.defaultLimit ?? 20;
  }
  if (typeof query.order === "string" && query.order !== "") pagination.order = parseOrder(query.order);
  return { fields, pagination, ...(query.with_deleted === true ? { withDeleted: true } : {}) };
}
