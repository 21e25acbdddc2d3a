import { z } from "zod";

/** The body of a route that adds and removes links: `{ add?: ids, remove?: ids }`. */
export function createLinkBody() {
  return z.object({ add: z.array(z.string()).optional(), remove: z.array(z.string()).optional() });
}

/**
 * The body of a batch route: `{ create?, update?, delete? }`.
 *
 * @param create Schema of an entry to create.
 * @param update Schema of an entry to change; it should demand an `id`.
 * @param remove Schema of an entry to delete; an id by default.
 */
export function createBatchBody<Create extends z.ZodType, Update extends z.ZodType, Remove extends z.ZodType = z.ZodString>(
  create: Create,
  update: Update,
  remove?: Remove,
) {
  return z.object({
    create: z.array(create).optional(),
    update: z.array(update).optional(),
    delete: z.array((remove ?? z.string()) as Remove).optional(),
  });
}
