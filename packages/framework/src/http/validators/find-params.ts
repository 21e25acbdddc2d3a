import { z } from "zod";
import { booleanFromQuery } from "./boolean-from-query";

/** A whole number from a query string; text that is none stays as it is, so that the message can quote it. */
function wholeNumber() {
  return z.preprocess((value) => (typeof value === "string" && value.trim() !== "" ? Number(value) : value), z.number().int().min(0));
}

/** The query parameters of a route that gives one thing: `fields`. */
export function createSelectParams() {
  return z.object({ fields: z.string().optional() });
}

/**
 * The query parameters of a list: `fields`, `offset`, `limit`, `order`, `with_deleted`. Add filters with `.merge` or `.extend`.
 *
 * @param defaults `limit` is 20 and `offset` 0 unless given; `order` as in the query string, such as "-created_at".
 */
export function createFindParams(defaults: { limit?: number; offset?: number; order?: string } = {}) {
  return createSelectParams().extend({
    offset: wholeNumber()
      .optional()
      .default(defaults.offset ?? 0),
    limit: wholeNumber()
      .optional()
      .default(defaults.limit ?? 20),
    order: defaults.order === undefined ? z.string().optional() : z.string().optional().default(defaults.order),
    with_deleted: booleanFromQuery().optional(),
  });
}
