import { z } from "zod";
import type { CheckDescription, DeleteRule, TableDescription } from "../ddl/table";
import { literal, quote } from "../sql/quote";

/** The parts of a MikroORM schema snapshot that say what tables there are. */
const foreign = z.object({
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.record(
        z.string(),
        z.object({
          name: z.string(),
          type: z.string(),
          nullable: z.boolean(),
          autoincrement: z.boolean().optional(),
          default: z.string().nullish(),
          enumItems: z.array(z.string()).optional(),
        }),
      ),
      indexes: z.array(
        z.object({ keyName: z.string(), columnNames: z.array(z.string()), unique: z.boolean(), primary: z.boolean(), expression: z.string().optional() }),
      ),
      checks: z.array(z.object({ name: z.string(), expression: z.string() })).default([]),
      foreignKeys: z
        .record(
          z.string(),
          z.object({
            constraintName: z.string(),
            columnNames: z.array(z.string()),
            referencedTableName: z.string(),
            referencedColumnNames: z.array(z.string()),
            deleteRule: z.string().optional(),
          }),
        )
        .default({}),
    }),
  ),
});

/**
 * Reads a MikroORM snapshot, so that the first migration generated for an existing module holds what changed and
 * not everything.
 *
 * @throws the given error where the data is no such snapshot either.
 */
export function fromForeignSnapshot(data: unknown, otherwise: Error): TableDescription[] {
  const parsed = foreign.safeParse(data);
  if (!parsed.success) throw otherwise;
  return parsed.data.tables.map((table) => {
    const columns = Object.values(table.columns);
    const enums = columns.flatMap(({ name, enumItems }): CheckDescription[] =>
      enumItems?.length ? [{ name: `${table.name}_${name}_check`, expression: `${quote(name)} in (${enumItems.map(literal).join(", ")})` }] : [],
    );
    return {
      name: table.name,
      columns: columns.map(({ name, type, nullable, autoincrement, default: standard }) => ({
        name,
        type: autoincrement ? "serial" : type,
        nullable,
        ...(standard != null && !autoincrement && { default: standard }),
      })),
      primaryKey: table.indexes.find((index) => index.primary)?.columnNames ?? [],
      indexes: table.indexes.filter((index) => !index.primary).map((index) => readIndex(index.keyName, index.columnNames, index.unique, index.expression)),
      checks: [...enums, ...table.checks],
      foreignKeys: Object.values(table.foreignKeys).map((key) => ({
        name: key.constraintName,
        column: key.columnNames[0] ?? "",
        referencedTable: key.referencedTableName,
        referencedColumn: key.referencedColumnNames[0] ?? "id",
        onDelete: (key.deleteRule ?? "no action").toLowerCase() as DeleteRule,
      })),
    };
  });
}

/** An index with an expression is stored as its whole statement: columns, uniqueness and predicate are read from it. */
function readIndex(name: string, columnNames: readonly string[], isUnique: boolean, expression: string | undefined) {
  const parts = /create\s+(unique\s+)?index.*?\son\s+\S+\s*(?:using\s+(\w+)\s*)?\(([^)]*)\)(?:\s+where\s+([\s\S]*?))?;?\s*$/i.exec(expression ?? "");
  if (!parts) return { name, columns: columnNames, unique: isUnique };
  const [, unique, type, columns = "", where] = parts;
  return {
    name,
    columns: columns.split(",").map((column) => column.trim().replaceAll('"', "")),
    unique: isUnique || unique !== undefined,
    ...(where !== undefined && { where }),
    ...(type !== undefined && { type }),
  };
}
