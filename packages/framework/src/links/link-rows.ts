import { withDataErrors } from "@velella/data";
import { generateId } from "@velella/kernel";
import type { SqlExecutor } from "@velella/kernel";
import { linkErrors } from "./errors";
import type { LinkId, LinkSide, TableLinkSpec } from "./link-spec";
import { isDeletedSql, tablesThere } from "./record-tables";
import { quoted } from "./naming";

/** The rows of one link's table: each operation is one statement for any number of rows. */

/** A row of a link. */
export type LinkRow = Record<string, unknown>;

/** A pair of ids, with values for extra columns. */
export interface PairRow {
  readonly left: LinkId;
  readonly right: LinkId;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Inserts pairs, or renews those that are there: they get a new id and keep their `created_at`. Returns the rows, in the order given. */
export async function upsertPairs(executor: SqlExecutor, link: TableLinkSpec, pairs: readonly PairRow[]): Promise<LinkRow[]> {
  const merged = new Map<string, PairRow>();
  for (const pair of pairs) {
    const key = pairKey(pair.left, pair.right);
    merged.set(key, { ...pair, data: { ...merged.get(key)?.data, ...pair.data } });
  }
  // Only columns that were given are written, so rows are grouped by which these are; nearly always it is one group.
  const groups = new Map<string, { columns: string[]; pairs: PairRow[] }>();
  for (const pair of merged.values()) {
    const columns = link.columns.map((column) => column.name).filter((name) => pair.data[name] !== undefined);
    const group = groups.get(columns.join()) ?? { columns, pairs: [] };
    group.pairs.push(pair);
    groups.set(columns.join(), group);
  }
  const rows = new Map<string, LinkRow>();
  for (const group of groups.values()) {
    for (const row of await upsertGroup(executor, link, group.columns, group.pairs)) {
      rows.set(pairKey(row[link.sides[0].key], row[link.sides[1].key]), row);
    }
  }
  return pairs.map((pair) => rows.get(pairKey(pair.left, pair.right))!);
}

async function upsertGroup(
  executor: SqlExecutor,
  link: TableLinkSpec,
  columns: readonly string[],
  pairs: readonly PairRow[],
): Promise<LinkRow[]> {
  const [left, right] = link.sides;
  const types = [...keyTypes(link), `"id" text`];
  for (const column of link.columns) if (columns.includes(column.name)) types.push(`${quoted(column.name)} ${column.sqlType}`);
  const names = [left.key, right.key, "id", ...columns].map(quoted);
  const update = ["id", ...columns].map((name) => `${quoted(name)} = excluded.${quoted(name)}`);
  const insert = () =>
    executor.query<LinkRow>(
      `insert into ${quoted(link.table)} (${names.join(", ")})
     select ${names.join(", ")} from jsonb_to_recordset($1::jsonb) as given(${types.join(", ")})
     on conflict (${quoted(left.key)}, ${quoted(right.key)})
     do update set ${update.join(", ")}, "updated_at" = now(), "deleted_at" = null
     returning *`,
      [
        JSON.stringify(
          pairs.map((pair) => ({
            ...pick(pair.data, columns),
            [left.key]: pair.left,
            [right.key]: pair.right,
            id: generateId(link.idPrefix),
          })),
        ),
      ],
    );
  const { rows } = await withDataErrors(link.model, "write", insert);
  return rows.map((row) => withNumbers(link, row));
}

/**
 * Refuses pairs that would link a record with a second one on a side that is no list. Waits for other transactions that
 * link the same records. A row that is in the way only because its record was deleted without the link being told goes.
 *
 * @throws `link.multiple_links`
 */
export async function requireSingle(executor: SqlExecutor, link: TableLinkSpec, pairs: readonly PairRow[]): Promise<void> {
  const [left, right] = link.sides;
  const conditions: string[] = [];
  const locks: string[] = [];
  const restrict = (single: LinkSide, other: LinkSide, idOf: IdOf, otherIdOf: IdOf) => {
    const taken = new Map<LinkId, LinkId>();
    for (const pair of pairs) {
      const known = taken.get(otherIdOf(pair));
      if (known !== undefined && known !== idOf(pair)) throw linkErrors.multipleLinks(left.module, right.module);
      taken.set(otherIdOf(pair), idOf(pair));
      locks.push(`${link.table}.${other.key}:${otherIdOf(pair)}`);
    }
    conditions.push(`(row.${quoted(other.key)} = given.${quoted(other.key)} and row.${quoted(single.key)} <> given.${quoted(single.key)})`);
  };
  if (!left.isList)
    restrict(
      left,
      right,
      (pair) => pair.left,
      (pair) => pair.right,
    );
  if (!right.isList)
    restrict(
      right,
      left,
      (pair) => pair.right,
      (pair) => pair.left,
    );
  if (!conditions.length) return;

  // The check has to be a statement of its own: it must see what was committed while the locks were waited for.
  await executor.query(
    `select pg_advisory_xact_lock(key) from (select distinct hashtextextended(name, 0) as key from unnest($1::text[]) as name order by 1) as ordered`,
    [locks],
  );
  const there = await tablesThere(executor, link.sides);
  const stale = link.sides.filter(({ table }) => there.has(table)).map((side) => isDeletedSql(side, "row"));
  const { rows } = await executor.query<{ left: LinkId; right: LinkId; stale: boolean }>(
    `select row.${quoted(left.key)} as left, row.${quoted(right.key)} as right, ${stale.length ? stale.join(" or ") : "false"} as stale
     from ${quoted(link.table)} as row
     join jsonb_to_recordset($1::jsonb) as given(${keyTypes(link).join(", ")}) on ${conditions.join(" or ")}
     where row."deleted_at" is null`,
    [JSON.stringify(pairs.map((pair) => ({ [left.key]: pair.left, [right.key]: pair.right })))],
  );
  if (rows.some((row) => !row.stale)) throw linkErrors.multipleLinks(left.module, right.module);
  if (rows.length)
    await dismissPairs(
      executor,
      link,
      rows.map((row) => ({ left: row.left, right: row.right, data: {} })),
    );
}

/** Soft-deletes pairs. */
export async function dismissPairs(executor: SqlExecutor, link: TableLinkSpec, pairs: readonly PairRow[]): Promise<void> {
  const [left, right] = link.sides;
  await executor.query(
    `update ${quoted(link.table)} as row set "deleted_at" = now(), "updated_at" = now()
     from jsonb_to_recordset($1::jsonb) as given(${keyTypes(link).join(", ")})
     where row.${quoted(left.key)} = given.${quoted(left.key)} and row.${quoted(right.key)} = given.${quoted(right.key)} and row."deleted_at" is null`,
    [JSON.stringify(pairs.map((pair) => ({ [left.key]: pair.left, [right.key]: pair.right })))],
  );
}

/** Deletes the rows of pairs for good, also those that are soft-deleted. */
export async function destroyPairs(executor: SqlExecutor, link: TableLinkSpec, pairs: readonly PairRow[]): Promise<void> {
  const [left, right] = link.sides;
  await executor.query(
    `delete from ${quoted(link.table)} as row using jsonb_to_recordset($1::jsonb) as given(${keyTypes(link).join(", ")})
     where row.${quoted(left.key)} = given.${quoted(left.key)} and row.${quoted(right.key)} = given.${quoted(right.key)}`,
    [JSON.stringify(pairs.map((pair) => ({ [left.key]: pair.left, [right.key]: pair.right })))],
  );
}

/** The rows that pairs speak of; an id that is left out stands for any. */
export async function listPairs(
  executor: SqlExecutor,
  link: TableLinkSpec,
  pairs: readonly { left: LinkId | undefined; right: LinkId | undefined }[],
): Promise<LinkRow[]> {
  const [left, right] = [quoted(link.sides[0].key), quoted(link.sides[1].key)];
  const both = pairs.filter((pair) => pair.left !== undefined && pair.right !== undefined);
  const lefts = pairs.flatMap((pair) => (pair.right === undefined ? (pair.left ?? []) : []));
  const rights = pairs.flatMap((pair) => (pair.left === undefined ? (pair.right ?? []) : []));
  const all = pairs.some((pair) => pair.left === undefined && pair.right === undefined);
  // Separate conditions, so that each can use an index.
  const { rows } = await executor.query<LinkRow>(
    `select * from ${quoted(link.table)}
     where "deleted_at" is null and ($4::boolean or ${left} = any($2::${link.sides[0].keyType}[]) or ${right} = any($3::${link.sides[1].keyType}[])
       or (${left}, ${right}) in (select "left", "right" from jsonb_to_recordset($1::jsonb) as given("left" ${link.sides[0].keyType}, "right" ${link.sides[1].keyType})))
     order by "created_at", "id"`,
    [JSON.stringify(both), lefts, rights, all],
  );
  return rows.map((row) => withNumbers(link, row));
}

type IdOf = (pair: PairRow) => LinkId;

/** The keys of both sides with their types, as a set of records is declared. */
const keyTypes = ({ sides }: TableLinkSpec) => sides.map(({ key, keyType }) => `${quoted(key)} ${keyType}`);

const pairKey = (left: unknown, right: unknown) => JSON.stringify([left, right]);

function pick(data: Readonly<Record<string, unknown>>, columns: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(columns.map((name) => [name, data[name]]));
}

/** PostgreSQL's numeric arrives as text, to keep its digits; the columns of a link are plain numbers. */
function withNumbers(link: TableLinkSpec, row: LinkRow): LinkRow {
  for (const { name, sqlType } of link.columns) {
    if (sqlType === "numeric" && typeof row[name] === "string") row[name] = Number(row[name]);
  }
  return row;
}
