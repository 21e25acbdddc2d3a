import { connectionOf } from "@velella/data";
import type { SqlConnection, SqlExecutor, SqlTransaction } from "@velella/kernel";
import type { LinkSide } from "./link-spec";
import { quoted } from "./naming";

/** The tables of linked records, as far as they lie in the database of the links. */

/** Tables that were found once; they do not go away while an app runs. */
const found = new WeakMap<SqlConnection, Set<string>>();

/** Which of the sides' tables are there: a module may keep its records elsewhere. */
export async function tablesThere(executor: SqlExecutor, sides: readonly LinkSide[]): Promise<ReadonlySet<string>> {
  const connection = connectionOf(executor as SqlTransaction);
  const known = (connection && found.get(connection)) ?? new Set<string>();
  const unknown = [...new Set(sides.map(({ table }) => table))].filter((table) => !known.has(table));
  if (unknown.length === 0) return known;
  const { rows } = await executor.query<{ table: string }>(
    `select name as "table" from unnest($1::text[]) as name where to_regclass(quote_ident(name)) is not null`,
    [unknown],
  );
  for (const { table } of rows) known.add(table);
  if (connection) found.set(connection, known);
  return known;
}

/** The condition that the record of a side, to which a row of the link refers, is deleted or gone. */
export function isDeletedSql(side: LinkSide, row: string): string {
  const record = `record.${quoted(side.primaryKey)} = ${row}.${quoted(side.key)} and record."deleted_at" is null`;
  return `not exists (select 1 from ${quoted(side.table)} as record where ${record})`;
}
