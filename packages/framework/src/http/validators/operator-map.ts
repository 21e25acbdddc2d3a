import { z } from "zod";
import { booleanFromQuery } from "./boolean-from-query";

/**
 * A filter that is a value, a list of values, or operators with values: `{ $gte: 1, $lt: 5 }`.
 *
 * @param type Schema of a value; text by default.
 * @param valueParser Converts each value after it was validated, for example to a Date.
 */
export function createOperatorMap(type: z.ZodType = z.string(), valueParser?: (value: never) => unknown) {
  const value = valueParser ? type.transform((parsed) => valueParser(parsed as never)) : type;
  const list = z.array(value);
  const operators: z.ZodType = z.lazy(() =>
    z.object({
      $eq: z.union([value, list]).optional(),
      $ne: z.union([value, list]).optional(),
      $in: list.optional(),
      $nin: list.optional(),
      $not: z.union([value, list, operators]).optional(),
      $gt: value.optional(),
      $gte: value.optional(),
      $lt: value.optional(),
      $lte: value.optional(),
      $like: value.optional(),
      $ilike: value.optional(),
      $re: value.optional(),
      $fulltext: value.optional(),
      $overlap: list.optional(),
      $contains: list.optional(),
      $contained: list.optional(),
      $exists: booleanFromQuery().optional(),
      $and: z.array(operators).optional(),
      $or: z.array(operators).optional(),
    }),
  );
  return z.union([z.union([value, list]).optional(), operators]);
}
