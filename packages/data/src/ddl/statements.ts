import { quoteName } from "../spec/sql-text";
import type { CheckDescription, ColumnDescription, ForeignKeyDescription, IndexDescription, TableDescription } from "./table";

const names = (columns: readonly string[]) => columns.map(quoteName).join(", ");

/** `"title" text not null default 'x'` */
export function columnSql(column: ColumnDescription): string {
  // A serial column is not null and has its default by itself.
  if (column.type === "serial") return `${quoteName(column.name)} serial`;
  return `${quoteName(column.name)} ${column.type} ${column.nullable ? "null" : "not null"}${column.default === undefined ? "" : ` default ${column.default}`}`;
}

const checkSql = (check: CheckDescription) => `constraint ${quoteName(check.name)} check (${check.expression})`;

/** Creates a table with its columns, primary key and checks; indexes and foreign keys follow by themselves. */
export function createTableSql(table: TableDescription): string {
  const parts = [
    ...table.columns.map(columnSql),
    `constraint ${quoteName(`${table.name}_pkey`)} primary key (${names(table.primaryKey)})`,
    ...table.checks.map(checkSql),
  ];
  return `create table if not exists ${quoteName(table.name)} (${parts.join(", ")});`;
}

export function dropTableSql(table: string): string {
  return `drop table if exists ${quoteName(table)} cascade;`;
}

export function createIndexSql(table: string, index: IndexDescription): string {
  const using = index.type === undefined ? "" : ` USING ${index.type}`;
  const where = index.where === undefined ? "" : ` WHERE ${index.where}`;
  return `CREATE ${index.unique ? "UNIQUE " : ""}INDEX IF NOT EXISTS ${quoteName(index.name)} ON ${quoteName(table)}${using} (${names(index.columns)})${where};`;
}

export function dropIndexSql(index: string): string {
  return `drop index if exists ${quoteName(index)};`;
}

const alter = (table: string, change: string) => `alter table if exists ${quoteName(table)} ${change};`;

export function addForeignKeySql(table: string, key: ForeignKeyDescription): string {
  const onDelete = key.onDelete === "no action" ? "" : ` on delete ${key.onDelete}`;
  const references = `references ${quoteName(key.referencedTable)} (${quoteName(key.referencedColumn)})`;
  return alter(table, `add constraint ${quoteName(key.name)} foreign key (${quoteName(key.column)}) ${references} on update cascade${onDelete}`);
}

export function addCheckSql(table: string, check: CheckDescription): string {
  return alter(table, `add ${checkSql(check)}`);
}

export function dropConstraintSql(table: string, constraint: string): string {
  return alter(table, `drop constraint if exists ${quoteName(constraint)}`);
}

export function addColumnSql(table: string, column: ColumnDescription): string {
  return alter(table, `add column if not exists ${columnSql(column)}`);
}

export function dropColumnSql(table: string, column: string): string {
  return alter(table, `drop column if exists ${quoteName(column)}`);
}

export function setNullableSql(table: string, column: string, nullable: boolean): string {
  return alter(table, `alter column ${quoteName(column)} ${nullable ? "drop" : "set"} not null`);
}

export function setDefaultSql(table: string, column: string, value: string | undefined): string {
  return alter(table, `alter column ${quoteName(column)} ${value === undefined ? "drop default" : `set default ${value}`}`);
}

export function setTypeSql(table: string, column: string, type: string): string {
  return alter(table, `alter column ${quoteName(column)} type ${type} using (${quoteName(column)}::${type})`);
}
