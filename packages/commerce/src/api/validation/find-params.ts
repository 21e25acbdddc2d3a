import { z } from "zod";

/** A number in a query string. */
function numberInQuery(fallback: number) {
  return z
    .preprocess((value) => (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value), z.number())
    .optional()
    .default(fallback);
}

/** `true` and `false` as they come in a query string or body; other strings are refused. */
export function booleanString() {
  return z.preprocess((value) => (value === "true" ? true : value === "false" ? false : value), z.boolean());
}

/** One value, or several. */
export function oneOrMany<T extends z.ZodType>(schema: T) {
  return z.union([schema, z.array(schema)]);
}

/** Query parameters of a route that answers with one record: `fields`. */
export function createSelectParams() {
  return z.object({ fields: z.string().optional() });
}

export interface FindParamDefaults {
  /** Rows per page; 20 by default. */
  limit?: number;
  /** Rows left out before; 0 by default. */
  offset?: number;
  /** A field, with a minus for descending; no order by default. */
  order?: string;
}

/** Query parameters of a list: `fields`, `limit`, `offset`, `order`, `with_deleted`. */
export function createFindParams({ limit = 20, offset = 0, order }: FindParamDefaults = {}) {
  return createSelectParams().extend({
    offset: numberInQuery(offset),
    limit: numberInQuery(limit),
    order: order === undefined ? z.string().optional() : z.string().optional().default(order),
    with_deleted: booleanString().optional(),
  });
}

/** A value, several, or conditions on it, such as `{ $gte: "2026-01-01" }`. */
export function createOperatorMap(type?: z.ZodType, parse?: (value: unknown) => unknown) {
  const base = type ?? z.string();
  const value = parse ? z.preprocess(parse, base) : base;
  return z.union([
    value.optional(),
    z.array(value).optional(),
    z.lazy(() =>
      z.object({
        $eq: oneOrMany(value).optional(),
        $ne: value.optional(),
        $in: z.array(value).optional(),
        $nin: z.array(value).optional(),
        $like: value.optional(),
        $ilike: value.optional(),
        $re: value.optional(),
        $contains: value.optional(),
        $gt: value.optional(),
        $gte: value.optional(),
        $lt: value.optional(),
        $lte: value.optional(),
        $and: z.array(z.unknown()).optional(),
        $or: z.array(z.unknown()).optional(),
      }),
    ),
  ]);
}

/** Filters on the dates that every record has. */
export function dateFilters() {
  return { created_at: createOperatorMap().optional(), updated_at: createOperatorMap().optional(), deleted_at: createOperatorMap().optional() };
}

/** Adds `$and` and `$or`, each a list of the same filters, to the query parameters of a list. */
export function withAndOr<Params extends z.ZodRawShape, Filters extends z.ZodRawShape>(params: z.ZodObject<Params>, filters: Filters) {
  const schema = z.object(filters);
  return params.extend({ ...filters, $and: z.lazy(() => z.array(schema)).optional(), $or: z.lazy(() => z.array(schema)).optional() });
}
