import type { SqlExecutor } from "@velella/kernel";
import { introspectTables } from "../migrations/introspect";

/** What a database has, in a form that two databases can be compared by: one line per thing, without regard to order. */
export interface DatabaseDescription {
  columns: string[];
  indexes: string[];
  constraints: string[];
}

/** Reads all tables of the schema `public`, those whose names start with `velella_` aside. */
export async function introspect(executor: SqlExecutor): Promise<DatabaseDescription> {
  const parts = await introspectTables(executor, "public");
  const lines = (kind: string, line: (part: (typeof parts)[number]) => string) =>
    parts
      .filter((part) => part.kind === kind)
      .map(line)
      .sort();
  return {
    columns: lines("column", ({ table, line }) => `${table}.${line}`),
    indexes: lines("index", ({ line }) => line.replace(" ON ", " ON public.")),
    constraints: lines("constraint", ({ table, line }) => `${table} ${line}`),
  };
}
