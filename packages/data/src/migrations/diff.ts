import {
  addCheckSql,
  addColumnSql,
  addForeignKeySql,
  addPrimaryKeySql,
  createIndexSql,
  createTableSql,
  dropColumnSql,
  dropConstraintSql,
  dropIndexSql,
  dropTableSql,
  setDefaultSql,
  setNullableSql,
  setTypeSql,
} from "../ddl/statements";
import type { ColumnDescription, TableDescription } from "../ddl/table";

/** The statements that turn one set of tables into another. */
export interface TableDiff {
  readonly statements: string[];
  /** What of it loses data, in words: `drops the column "bio" of "artist"`. */
  readonly destructive: string[];
}

type Named = { readonly name: string };

/** Changes whose old values all fit the new type. */
const widening = new Set(["integer bigint", "integer numeric", "bigint numeric", "real numeric", "serial integer"]);

/**
 * The statements that turn the tables `from` into the tables `to`. What refers to others goes first and comes last:
 * constraints and indexes are dropped, then tables and columns change, then the new ones are added.
 */
export function diffTables(from: readonly TableDescription[], to: readonly TableDescription[]): TableDiff {
  const before: string[] = [];
  const change: string[] = [];
  const after: string[] = [];
  const foreignKeys: string[] = [];
  const destructive: string[] = [];

  for (const table of removed(from, to)) {
    // Foreign keys first: tables that refer to each other cannot be dropped one after the other without them.
    before.push(...table.foreignKeys.map((key) => dropConstraintSql(table.name, key.name)));
    change.push(dropTableSql(table.name));
    destructive.push(`drops the table "${table.name}"`);
  }
  for (const table of removed(to, from)) {
    change.push(createTableSql(table));
    after.push(...table.indexes.map((index) => createIndexSql(table.name, index)));
    foreignKeys.push(...table.foreignKeys.map((key) => addForeignKeySql(table.name, key)));
  }
  for (const [old, next] of kept(from, to)) {
    const { name } = next;
    const lost = <T extends Named>(a: readonly T[], b: readonly T[]) => [...removed(a, b), ...changed(a, b).map(([x]) => x)];
    before.push(...lost(old.foreignKeys, next.foreignKeys).map((key) => dropConstraintSql(name, key.name)));
    before.push(...lost(old.checks, next.checks).map((check) => dropConstraintSql(name, check.name)));
    before.push(...lost(old.indexes, next.indexes).map((index) => dropIndexSql(index.name)));
    const rekeyed = old.primaryKey.join() !== next.primaryKey.join();
    if (rekeyed) before.push(dropConstraintSql(name, `${name}_pkey`));

    change.push(...removed(next.columns, old.columns).map((column) => addColumnSql(name, column)));
    for (const [was, is] of changed(old.columns, next.columns)) change.push(...alterColumn(name, was, is, destructive));
    for (const column of removed(old.columns, next.columns)) {
      change.push(dropColumnSql(name, column.name));
      destructive.push(`drops the column "${column.name}" of "${name}"`);
    }

    if (rekeyed) after.push(addPrimaryKeySql(next));
    after.push(...lost(next.checks, old.checks).map((check) => addCheckSql(name, check)));
    after.push(...lost(next.indexes, old.indexes).map((index) => createIndexSql(name, index)));
    foreignKeys.push(...lost(next.foreignKeys, old.foreignKeys).map((key) => addForeignKeySql(name, key)));
  }
  return { statements: [...before, ...change, ...after, ...foreignKeys], destructive };
}

/** Those of `a` that `b` has not, by name. */
export function removed<T extends Named>(a: readonly T[], b: readonly Named[]): T[] {
  const names = new Set(b.map((item) => item.name));
  return a.filter((item) => !names.has(item.name));
}

/** Pairs of the same name. */
export function kept<T extends Named>(a: readonly T[], b: readonly T[]): [T, T][] {
  const byName = new Map(b.map((item) => [item.name, item]));
  return a.flatMap((item) => {
    const other = byName.get(item.name);
    return other ? [[item, other] as [T, T]] : [];
  });
}

/** Pairs of the same name that differ otherwise. */
function changed<T extends Named>(a: readonly T[], b: readonly T[]): [T, T][] {
  return kept(a, b).filter(([x, y]) => fingerprint(x) !== fingerprint(y));
}

/** Equal for equal descriptions, whatever the order of their keys. */
function fingerprint(value: object): string {
  return JSON.stringify(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)));
}

function alterColumn(table: string, was: ColumnDescription, is: ColumnDescription, destructive: string[]): string[] {
  const statements: string[] = [];
  const retyped = was.type !== is.type;
  // A default of the old type could not be cast along.
  if (was.default !== undefined && (retyped || is.default === undefined)) statements.push(setDefaultSql(table, is.name, undefined));
  if (retyped) {
    statements.push(...setTypeSql(table, is.name, was.type, is.type));
    if (is.type !== "text" && !widening.has(`${was.type} ${is.type}`)) {
      destructive.push(`changes the type of "${is.name}" of "${table}" from ${was.type} to ${is.type}`);
    }
  }
  if (is.default !== undefined && (retyped || is.default !== was.default)) statements.push(setDefaultSql(table, is.name, is.default));
  if (was.nullable !== is.nullable) statements.push(setNullableSql(table, is.name, is.nullable));
  return statements;
}
