import type { SqlConnection } from "@velella/kernel";
import { createTablesSql } from "../ddl/create-tables";
import { describeTables } from "../ddl/describe-tables";
import type { AnyEntity } from "../model/entity";
import { specOf } from "../model/spec-of";
import { introspectTables, type TablePart } from "./introspect";

/** Something that a database and the models do not agree on. */
export interface Drift {
  readonly table: string;
  /** `table` where all of it is missing. */
  readonly kind: TablePart["kind"] | "table";
  /** What it is in PostgreSQL's words; what is there but otherwise stands in both. */
  readonly line: string;
  /** Who has it. */
  readonly side: "database" | "models";
}

const scratch = "velella_models";

/**
 * Compares the tables of models with those that are there. The models' tables are made in a schema that is gone when this
 * returns, so that PostgreSQL itself says how each default, check and predicate reads; nothing else is touched, and tables
 * of other models are not looked at.
 *
 * @returns What differs, by table; nothing where the tables are as the models want them. Needs the right to create a schema.
 */
export function findDrift(connection: SqlConnection, models: readonly AnyEntity[]): Promise<Drift[]> {
  const specs = models.map(specOf);
  const names = new Set(describeTables(specs).map(({ name }) => name));
  return connection.transaction(async (transaction) => {
    const { rows } = await transaction.query<{ schema: string; path: string }>(
      "select current_schema() as schema, current_setting('search_path') as path",
    );
    const there = (await introspectTables(transaction, rows[0]?.schema ?? "public")).filter(({ table }) => names.has(table));
    await transaction.query(`create schema "${scratch}"`);
    await transaction.query(`select set_config('search_path', $1, true)`, [`"${scratch}", ${rows[0]?.path}`]);
    for (const statement of createTablesSql(specs)) await transaction.query(statement);
    const wanted = await introspectTables(transaction, scratch);
    await transaction.query(`drop schema "${scratch}" cascade`);
    await transaction.query(`select set_config('search_path', $1, true)`, [rows[0]?.path]);
    return compare(there, wanted);
  });
}

function compare(there: readonly TablePart[], wanted: readonly TablePart[]): Drift[] {
  const present = new Set(there.map(({ table }) => table));
  const missing = new Set(wanted.map(({ table }) => table).filter((table) => !present.has(table)));
  const keyOf = ({ table, kind, line }: TablePart) => JSON.stringify([table, kind, line]);
  const without = (parts: readonly TablePart[], others: readonly TablePart[]) => {
    const known = new Set(others.map(keyOf));
    return parts.filter((part) => !missing.has(part.table) && !known.has(keyOf(part)));
  };
  const found: Drift[] = [
    ...[...missing].map((table): Drift => ({ table, kind: "table", line: table, side: "models" })),
    ...without(there, wanted).map((part): Drift => ({ ...part, side: "database" })),
    ...without(wanted, there).map((part): Drift => ({ ...part, side: "models" })),
  ];
  // The two sides of one thing stand beside each other.
  const name = ({ line }: Drift) => (/ INDEX (\S+)/.exec(line) ?? /^(\S+)/.exec(line))?.[1];
  const order = (drift: Drift) => `${drift.table}\0${drift.kind}\0${name(drift)}\0${drift.side}`;
  return found.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
