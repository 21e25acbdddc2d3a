import { createFindParams, createOperatorMap, withAndOr } from "@velella/framework/http";
import { z } from "zod";

/** One value, or several. */
export function oneOrMany<T extends z.ZodType>(schema: T) {
  return z.union([schema, z.array(schema)]);
}

/** Filters on the dates that every record has. */
export function dateFilters() {
  return {
    created_at: createOperatorMap().optional(),
    updated_at: createOperatorMap().optional(),
    deleted_at: createOperatorMap().optional(),
  };
}

/** The query parameters of a list: page and order, filters, and `$and` and `$or` lists of the same filters. */
export function listParams<Filters extends z.ZodRawShape>(defaults: { limit?: number; offset?: number; order?: string }, filters: Filters) {
  return createFindParams(defaults).extend(withAndOr(z.object(filters)).shape);
}

/** Free data beside a record. */
export const metadata = z.record(z.string(), z.unknown()).nullish();
