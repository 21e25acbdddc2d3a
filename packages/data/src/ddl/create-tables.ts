import type { ModelSpec } from "../spec/model-spec";
import { describeTables } from "./describe-tables";
import { addForeignKeySql, createIndexSql, createTableSql } from "./statements";

/**
 * The statements that create all tables of a module's models in an empty schema: tables with their indexes, then
 * foreign keys.
 */
export function createTablesSql(specs: readonly ModelSpec[]): string[] {
  const tables = describeTables(specs);
  return [
    ...tables.flatMap((table) => [createTableSql(table), ...table.indexes.map((index) => createIndexSql(table.name, index))]),
    ...tables.flatMap((table) => table.foreignKeys.map((key) => addForeignKeySql(table.name, key))),
  ];
}
