import { z } from "zod";

/**
 * A schema of filters, with `$and` and `$or` lists of the same filters.
 *
 * @example
 * createFindParams().extend(withAndOr(z.object({ handle: z.string().optional() })).shape)
 */
export function withAndOr<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return schema.extend({ $and: z.lazy(() => schema.array()).optional(), $or: z.lazy(() => schema.array()).optional() });
}
