import { NAME_LIMIT } from "../model/definition-checks";
import { literal, quote } from "../sql/quote";
import type { CheckDescription, ColumnDescription, ForeignKeyDescription, IndexDescription, TableDescription } from "./table";

const names = (columns: readonly string[]) => columns.map(quote).join(", ");

/** `"title" text not null default 'x'` */
export function columnSql(column: ColumnDescription): string {
  // A serial column is not null and has its default by itself.
  if (column.type === "serial") return `${quote(column.name)} serial`;
  return `${quote(column.name)} ${column.type} ${column.nullable ? "null" : "not null"}${column.default === undefined ? "" : ` default ${column.default}`}`;
}

const checkSql = (check: CheckDescription) => `constraint ${quote(check.name)} check (${check.expression})`;

/** Creates a table with its columns, primary key and checks; indexes and foreign keys follow by themselves. */
export function createTableSql(table: TableDescription): string {
  const parts = [
    ...table.columns.map(columnSql),
    `constraint ${quote(`${table.name}_pkey`)} primary key (${names(table.primaryKey)})`,
    ...table.checks.map(checkSql),
  ];
  return `create table if not exists ${quote(table.name)} (${parts.join(", ")});`;
}

/** With everything that refers to the table: foreign keys of other tables, views. No error where it is not there. */
export function dropTableSql(table: string): string {
  return `drop table if exists ${quote(table)} cascade;`;
}

/** No error where an index of this name is there; it is not looked at whether it is the same one. */
export function createIndexSql(table: string, index: IndexDescription): string {
  const using = index.type === undefined ? "" : ` USING ${index.type}`;
  const where = index.where === undefined ? "" : ` WHERE ${index.where}`;
  return `CREATE ${index.unique ? "UNIQUE " : ""}INDEX IF NOT EXISTS ${quote(index.name)} ON ${quote(table)}${using} (${names(index.columns)})${where};`;
}

/** No error where it is not there. */
export function dropIndexSql(index: string): string {
  return `drop index if exists ${quote(index)};`;
}

const alter = (table: string, change: string) => `alter table if exists ${quote(table)} ${change};`;

/**
 * Keys that change are changed in the rows that refer to them as well. An error in the database where a constraint of this
 * name exists.
 */
export function addForeignKeySql(table: string, key: ForeignKeyDescription): string {
  const onDelete = key.onDelete === "no action" ? "" : ` on delete ${key.onDelete}`;
  const references = `references ${quote(key.referencedTable)} (${quote(key.referencedColumn)})`;
  return alter(table, `add constraint ${quote(key.name)} foreign key (${quote(key.column)}) ${references} on update cascade${onDelete}`);
}

/** An error in the database while a row does not satisfy it. */
export function addCheckSql(table: string, check: CheckDescription): string {
  return alter(table, `add ${checkSql(check)}`);
}

/** Of a foreign key or a check. No error where it, or the table, is not there. */
export function dropConstraintSql(table: string, constraint: string): string {
  return alter(table, `drop constraint if exists ${quote(constraint)}`);
}

/**
 * Rows that are there get the default; without one, a column that is not nullable is an error in the database unless the
 * table is empty.
 */
export function addColumnSql(table: string, column: ColumnDescription): string {
  return alter(table, `add column if not exists ${columnSql(column)}`);
}

/** Loses what is in the column, and the indexes and constraints that it is part of. */
export function dropColumnSql(table: string, column: string): string {
  return alter(table, `drop column if exists ${quote(column)}`);
}

/** With `nullable: false` an error in the database while a row has null there. */
export function setNullableSql(table: string, column: string, nullable: boolean): string {
  return alter(table, `alter column ${quote(column)} ${nullable ? "drop" : "set"} not null`);
}

/**
 * For rows to come; those that are there keep what they have.
 *
 * @param value An SQL expression; undefined takes the default away.
 */
export function setDefaultSql(table: string, column: string, value: string | undefined): string {
  return alter(table, `alter column ${quote(column)} ${value === undefined ? "drop default" : `set default ${value}`}`);
}

/**
 * The name that PostgreSQL gives to the sequence of a serial column: where it would be too long, the longer of the two
 * parts is cut first.
 */
export function sequenceName(table: string, column: string): string {
  let [first, second] = [Buffer.from(table), Buffer.from(column)];
  while (first.length + second.length + "__seq".length > NAME_LIMIT) {
    if (first.length > second.length) first = first.subarray(0, -1);
    else second = second.subarray(0, -1);
  }
  return `${first.toString()}_${second.toString()}_seq`;
}

/** Changes the type of a column. `serial` is no type but an integer counted up by a sequence, which is made or dropped. */
export function setTypeSql(table: string, column: string, from: string, to: string): string[] {
  const sequence = quote(sequenceName(table, column));
  const plain = to === "serial" ? "integer" : to;
  const statements = [alter(table, `alter column ${quote(column)} type ${plain} using (${converted(quote(column), from, plain)})`)];
  if (from === "serial") statements.unshift(setDefaultSql(table, column, undefined), `drop sequence if exists ${sequence};`);
  if (to === "serial") {
    statements.push(
      `create sequence if not exists ${sequence} owned by ${quote(table)}.${quote(column)};`,
      `select setval(${literal(sequence)}, coalesce(max(${quote(column)}), 0) + 1, false) from ${quote(table)};`,
      setDefaultSql(table, column, `nextval(${literal(sequence)})`),
    );
  }
  return statements;
}

const numbers = new Set(["integer", "bigint", "real", "numeric", "serial"]);

/** Values that cannot be read as the new type make the migration fail, which rolls it back; none is lost in silence. */
function converted(column: string, from: string, to: string): string {
  const direct = (numbers.has(from) && numbers.has(to)) || [from, to].sort().join() === "boolean,integer";
  if (to === "jsonb" && from !== "text") return `to_jsonb(${column})`;
  return to === "text" || direct ? `${column}::${to}` : `${column}::text::${to}`;
}

/** Adds the primary key anew, after the old one was dropped. */
export function addPrimaryKeySql(table: TableDescription): string {
  return alter(table.name, `add constraint ${quote(`${table.name}_pkey`)} primary key (${names(table.primaryKey)})`);
}

const renameSequenceSql = (from: string, to: string) => `alter sequence if exists ${quote(from)} rename to ${quote(to)};`;

/** Renames a table, and what is named after it without being described: its primary key and the sequences of its serial columns. */
export function renameTableSql({ name: from, columns }: TableDescription, to: string): string[] {
  return [
    `alter table if exists ${quote(from)} rename to ${quote(to)};`,
    `alter index if exists ${quote(`${from}_pkey`)} rename to ${quote(`${to}_pkey`)};`,
    ...columns
      .filter(({ type }) => type === "serial")
      .map(({ name }) => renameSequenceSql(sequenceName(from, name), sequenceName(to, name))),
  ];
}

/** Renames a column, and the sequence of a serial one. */
export function renameColumnSql(table: string, column: ColumnDescription, to: string): string[] {
  const rename = alter(table, `rename column ${quote(column.name)} to ${quote(to)}`);
  return column.type === "serial" ? [rename, renameSequenceSql(sequenceName(table, column.name), sequenceName(table, to))] : [rename];
}
