import type { SqlExecutor } from "@velella/kernel";
import type { LinkId, LinkSide, TableLinkSpec } from "./link-spec";
import { quoted } from "./naming";
import { isDeletedSql, tablesThere } from "./record-tables";

/** What happens to the rows of a link when records on one of its sides are deleted or restored. */

/** The records at the other end of rows that were removed, and when that was, as PostgreSQL writes it. */
export interface RemovedRows {
  readonly others: LinkId[];
  readonly at: string | undefined;
}

/**
 * Soft-deletes all rows of records. `updated_at` stays: a row that was dismissed has both times the same, which tells it
 * from one that went with its record and may come back with it.
 */
export async function removeRowsOf(
  executor: SqlExecutor,
  link: TableLinkSpec,
  side: LinkSide,
  other: LinkSide,
  ids: readonly LinkId[],
): Promise<RemovedRows> {
  const { rows } = await executor.query<{ id: LinkId; at: string }>(
    `update ${quoted(link.table)} set "deleted_at" = now()
     where ${quoted(side.key)} = any($1::${side.keyType}[]) and "deleted_at" is null returning ${quoted(other.key)} as id, "deleted_at"::text as at`,
    [ids],
  );
  return { others: [...new Set(rows.map((row) => row.id))], at: rows[0]?.at };
}

/** Of records on a side, those that no row of the link holds any more; rows whose other record is deleted hold nothing. */
export async function withoutRows(
  executor: SqlExecutor,
  link: TableLinkSpec,
  side: LinkSide,
  other: LinkSide,
  ids: readonly LinkId[],
): Promise<LinkId[]> {
  const there = await tablesThere(executor, [other]);
  const live = there.has(other.table) ? ` and not ${isDeletedSql(other, "row")}` : "";
  const { rows } = await executor.query<{ id: LinkId }>(
    `select given.id from unnest($1::${side.keyType}[]) as given(id)
     where not exists (select 1 from ${quoted(link.table)} as row where row.${quoted(side.key)} = given.id and row."deleted_at" is null${live})`,
    [ids],
  );
  return rows.map((row) => row.id);
}

/**
 * Takes back a removal of rows of records: the last one, or the one at a time. Returns the ids they are linked with again.
 * Rows stay removed that were dismissed, whose other record is deleted (unless it went with this one), or whose place was
 * taken meanwhile on a side that is no list; of several that want one place, the one that was removed last gets it.
 *
 * @param at What {@link removeRowsOf} gave.
 */
export async function restoreRowsOf(
  executor: SqlExecutor,
  link: TableLinkSpec,
  side: LinkSide,
  other: LinkSide,
  ids: readonly LinkId[],
  at?: string,
): Promise<LinkId[]> {
  const table = quoted(link.table);
  const [key, otherKey] = [quoted(side.key), quoted(other.key)];
  const conditions = [`row.${key} = any($1::${side.keyType}[])`];
  if (at !== undefined) conditions.push(`row."deleted_at" = $2::timestamptz`);
  else {
    const isRemoved = (row: string) => `${row}."deleted_at" <> ${row}."updated_at"`;
    const last = `select max(last."deleted_at") from ${table} as last where last.${key} = row.${key} and ${isRemoved("last")}`;
    conditions.push(isRemoved("row"), `row."deleted_at" = (${last})`);
  }
  const places: string[] = [];
  for (const [single, by] of [[other, side] as const, [side, other] as const]) {
    if (single.isList) continue;
    const isTaken = `present.${quoted(by.key)} = row.${quoted(by.key)} and present.${quoted(single.key)} <> row.${quoted(single.key)}`;
    conditions.push(`not exists (select 1 from ${table} as present where ${isTaken} and present."deleted_at" is null)`);
    places.push(`row_number() over (partition by row.${quoted(by.key)} order by row."deleted_at" desc, row."id")`);
  }
  if ((await tablesThere(executor, [other])).has(other.table)) {
    // A record that went with this one is restored after its link; one that had been deleted before stays so.
    const isBack = other.deleteCascade
      ? `(record."deleted_at" is null or record."deleted_at" >= row."deleted_at")`
      : `record."deleted_at" is null`;
    const record = `record.${quoted(other.primaryKey)} = row.${otherKey} and ${isBack}`;
    conditions.push(`exists (select 1 from ${quoted(other.table)} as record where ${record})`);
  }
  const place = places.length ? `greatest(${places.join(", ")})` : "1";
  const { rows } = await executor.query<{ id: LinkId }>(
    `with found as (select row.${key} as here, row.${otherKey} as there, ${place} as place from ${table} as row where ${conditions.join(" and ")})
     update ${table} as row set "deleted_at" = null, "updated_at" = now()
     from found where row.${key} = found.here and row.${otherKey} = found.there and found.place = 1 returning found.there as id`,
    at === undefined ? [ids] : [ids, at],
  );
  return [...new Set(rows.map((row) => row.id))];
}
