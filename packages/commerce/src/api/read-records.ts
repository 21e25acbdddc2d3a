import type { GraphResult } from "@velella/framework";
import type { AppRequest, AppResponse } from "@velella/framework/http";
import { apiErrors } from "./errors";

/** A page of rows, with what clients need to ask for the next one. */
export interface Page {
  rows: GraphResult["data"][number][];
  count: number;
  offset: number;
  limit: number;
}

/** What a route reads otherwise than the query string says. */
export interface ReadOptions {
  /** In place of those of the query string. */
  filters?: Record<string, unknown>;
  /** In place of those that the query string chose. */
  fields?: string[];
  /** Values for computed fields, at their paths, such as `{ calculated_price: QueryContext({ region_id }) }`. */
  context?: Record<string, unknown>;
}

/** The page of an entity that the query string asks for. */
export async function readPage(req: AppRequest, entity: string, options: ReadOptions = {}): Promise<Page> {
  const { pagination, fields, withDeleted } = req.queryConfig;
  const { data, metadata } = await req.scope.resolve("query").graph({
    entity,
    fields: options.fields ?? fields,
    filters: options.filters ?? req.filterableFields,
    pagination: pagination,
    context: options.context,
    withDeleted,
  });
  return { rows: data, count: metadata?.count ?? data.length, offset: pagination.skip ?? 0, limit: pagination.take ?? data.length };
}

/** The record with an id, with the fields that the query string chose; undefined when there is none. */
export async function readRecord(
  req: AppRequest,
  entity: string,
  options: ReadOptions & { id?: string } = {},
): Promise<GraphResult["data"][number]> {
  const { data } = await req.scope.resolve("query").graph({
    entity,
    fields: options.fields ?? req.queryConfig.fields,
    filters: options.filters ?? { id: options.id },
    context: options.context,
    withDeleted: req.queryConfig.withDeleted,
  });
  return data[0];
}

/** Answers with a page of an entity: `{ [name]: rows, count, offset, limit }`. */
export async function sendPage(req: AppRequest, res: AppResponse, entity: string, name: string, options?: ReadOptions): Promise<void> {
  const { rows, ...page } = await readPage(req, entity, options);
  res.json({ [name]: rows, ...page });
}

/**
 * Answers with a record: `{ [name]: row }`.
 *
 * @param notFound The message when there is none; without one the answer is an empty object.
 */
export async function sendRecord(
  req: AppRequest,
  res: AppResponse,
  entity: string,
  name: string,
  options: ReadOptions & { id?: string; notFound?: string } = {},
): Promise<void> {
  const row = await readRecord(req, entity, options);
  if (!row && options.notFound) throw apiErrors.notFound(options.notFound);
  res.json({ [name]: row });
}

/** What a route that deletes answers. */
export function deleted(id: string, object: string): { id: string; object: string; deleted: true } {
  return { id, object, deleted: true };
}
