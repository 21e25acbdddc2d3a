import type { Filters, OrderBy } from "@velella/data";
import { queryErrors } from "./errors";
import type { GraphEntity } from "./graph";
import { sourceName } from "./service-source";

type Row = Record<string, unknown>;

/** A page of a stream: what to read so that it comes behind the page before it. */
export interface StreamPage {
  readonly filters: Filters | undefined;
  readonly order: OrderBy;
  readonly take: number;
}

/**
 * The rows of an entity in the order of their primary key, page after page.
 *
 * @param read Reads a page; rows with at least their primary keys.
 * @throws `query.bad_batch`; `query.source_shape` for a source that gives rows again, because it minds neither filter nor
 *   order nor `take`.
 */
export async function* rowStream(
  entity: GraphEntity,
  filters: Filters | undefined,
  batch: number,
  read: (page: StreamPage) => Promise<Row[]>,
): AsyncGenerator<Row, void, void> {
  if (!Number.isSafeInteger(batch) || batch < 1) throw queryErrors.badBatch(entity.name, String(batch));
  const { primaryKey } = entity;
  const order = Object.fromEntries(primaryKey.map((key) => [key, "ASC" as const]));
  const keyOf = (row: Row) => JSON.stringify(primaryKey.map((key) => row[key]));
  let before = new Set<string>();
  let last: Row | undefined;
  for (;;) {
    const page = last ? { $and: [filters ?? {}, rowsAfter(primaryKey, last)] } : filters;
    const rows = await read({ filters: page, order, take: batch });
    // A statement cannot give a row twice; a source may.
    const keys = new Set(entity.source === "service" ? rows.map(keyOf) : []);
    const again = [...keys].find((key) => before.has(key));
    if (again !== undefined) throw repeated(entity, last!, again);
    before = keys;
    // What the caller does to a row is no matter to what comes next.
    last = rows.length < batch ? undefined : { ...rows.at(-1) };
    yield* rows;
    if (last === undefined) return;
  }
}

function repeated(entity: GraphEntity, last: Row, again: string): Error {
  const after = JSON.stringify(entity.primaryKey.map((key) => last[key]));
  const expected = `rows after ${after} in the order of ${entity.primaryKey.join(", ")}`;
  return queryErrors.sourceShape(sourceName(entity), entity.name, expected, `${again} again`);
}

/** A filter for the rows that come after one, in the order of the primary key. */
function rowsAfter([key, ...rest]: readonly string[], row: Row): Filters {
  const after = { [key!]: { $gt: row[key!] } };
  return rest.length ? { $or: [after, { $and: [{ [key!]: row[key!] }, rowsAfter(rest, row)] }] } : after;
}
