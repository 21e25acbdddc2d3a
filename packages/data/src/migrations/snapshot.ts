import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { TableDescription } from "../ddl/table";
import { migrationErrors } from "./errors";
import { fromForeignSnapshot } from "./foreign-snapshot";

const column = z.strictObject({ name: z.string(), type: z.string(), nullable: z.boolean(), default: z.string().optional() });
const index = z.strictObject({
  name: z.string(),
  columns: z.array(z.string()),
  unique: z.boolean(),
  where: z.string().optional(),
  type: z.string().optional(),
});
const foreignKey = z.strictObject({
  name: z.string(),
  column: z.string(),
  referencedTable: z.string(),
  referencedColumn: z.string(),
  onDelete: z.enum(["cascade", "set null", "no action"]),
});
const snapshot = z.strictObject({
  version: z.literal(1),
  module: z.string(),
  tables: z.array(
    z.strictObject({
      name: z.string(),
      columns: z.array(column),
      primaryKey: z.array(z.string()),
      indexes: z.array(index),
      checks: z.array(z.strictObject({ name: z.string(), expression: z.string() })),
      foreignKeys: z.array(foreignKey),
    }),
  ),
});

const fileOf = (directory: string, module: string) => join(directory, `.snapshot-${module}.json`);

/**
 * The tables as the newest migration of a module leaves them; none where it has no snapshot yet. Also reads the
 * snapshots that MikroORM wrote.
 */
export async function readSnapshot(directory: string, module: string): Promise<readonly TableDescription[]> {
  const file = fileOf(directory, module);
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return [];
  try {
    const data: unknown = JSON.parse(text);
    const own = snapshot.safeParse(data);
    return own.success ? own.data.tables : fromForeignSnapshot(data, own.error);
  } catch (cause) {
    throw migrationErrors.badSnapshot(file, cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message);
  }
}

/** Writes the tables of a module as its snapshot, the same bytes for the same tables. */
export async function writeSnapshot(directory: string, module: string, tables: readonly TableDescription[]): Promise<string> {
  const file = fileOf(directory, module);
  const data = snapshot.parse({ version: 1, module, tables: tables.map(plain).toSorted((a, b) => (a.name < b.name ? -1 : 1)) });
  await writeFile(file, `${JSON.stringify(data, undefined, 2)}\n`);
  return file;
}

const plain = ({ name, columns, primaryKey, indexes, checks, foreignKeys }: TableDescription) => ({
  name,
  columns: [...columns],
  primaryKey: [...primaryKey],
  indexes: [...indexes],
  checks: [...checks],
  foreignKeys: [...foreignKeys],
});
