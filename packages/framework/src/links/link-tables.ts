import type { SqlExecutor } from "@velella/kernel";
import { keyColumnType } from "./link-columns";
import type { LinkColumn, TableLinkSpec } from "./link-spec";
import { indexName, quoted } from "./naming";

/** What PostgreSQL calls the types that links use. */
const canonicalTypes: Readonly<Record<string, string>> = { timestamptz: "timestamp with time zone", time: "time without time zone" };

/** A column of a table as it is in the database. */
export interface ExistingColumn {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
}

/** The statements that make the table of a link and its indexes. */
export function createTableStatements(link: TableLinkSpec): string[] {
  const [left, right] = link.sides;
  const columns = [
    ...link.sides.map(({ key, keyType }) => `${quoted(key)} ${keyColumnType(keyType)} not null`),
    `"id" varchar(255) not null`,
    ...link.columns.map(columnDefinition),
    `"created_at" timestamptz not null default now()`,
    `"updated_at" timestamptz not null default now()`,
    `"deleted_at" timestamptz null`,
    `constraint ${quoted(`${link.table}_pkey`.slice(-63))} primary key (${quoted(left.key)}, ${quoted(right.key)})`,
  ];
  // The primary key already finds rows by the left key.
  const indexes = [right.key, "id"].map(
    (column) =>
      `create index if not exists ${quoted(indexName(link.table, column))} on ${quoted(link.table)} (${quoted(column)}) where deleted_at is null`,
  );
  return [`create table if not exists ${quoted(link.table)} (${columns.join(", ")})`, ...indexes];
}

/** What changes would make the table of a link what its definition says. */
export interface TableChanges {
  /** Lose nothing. */
  readonly safe: readonly string[];
  /** May lose data or fail on the rows that are there. */
  readonly unsafe: readonly string[];
  /** One line per change, for the plan. */
  readonly notes: readonly string[];
}

/** Compares the extra columns of a link with those of its table. */
export function tableChanges(link: TableLinkSpec, existing: readonly ExistingColumn[]): TableChanges {
  const safe: string[] = [];
  const unsafe: string[] = [];
  const notes: string[] = [];
  const alter = `alter table ${quoted(link.table)}`;
  const byName = new Map(existing.map((column) => [column.name, column]));
  for (const { key, keyType } of link.sides) {
    const present = byName.get(key);
    if (!present) {
      notes.push(`add the key ${key}, which the table lacks`);
      unsafe.push(`${alter} add column ${quoted(key)} ${keyColumnType(keyType)} not null`);
    } else if ((present.type === "integer") !== (keyType === "integer")) {
      notes.push(`change the type of ${key} from ${present.type} to ${keyType}`);
      unsafe.push(`${alter} alter column ${quoted(key)} type ${keyColumnType(keyType)} using ${quoted(key)}::${keyType}`);
    }
  }
  for (const column of link.columns) {
    const present = byName.get(column.name);
    if (!present) {
      const fits = column.nullable || column.default !== undefined;
      notes.push(`add the column ${column.name}${fits ? "" : ", which may not be empty and has no default"}`);
      (fits ? safe : unsafe).push(`${alter} add column ${columnDefinition(column)}`);
      continue;
    }
    const type = canonicalTypes[column.sqlType] ?? column.sqlType;
    if (present.type !== type) {
      notes.push(`change the type of ${column.name} from ${present.type} to ${type}`);
      unsafe.push(`${alter} alter column ${quoted(column.name)} type ${column.sqlType} using ${quoted(column.name)}::${column.sqlType}`);
    }
    if (present.nullable && !column.nullable) {
      notes.push(`refuse null in ${column.name}`);
      unsafe.push(`${alter} alter column ${quoted(column.name)} set not null`);
    } else if (!present.nullable && column.nullable) {
      notes.push(`allow null in ${column.name}`);
      safe.push(`${alter} alter column ${quoted(column.name)} drop not null`);
    }
  }
  const known = new Set([...link.model.propertyByName.keys()]);
  for (const { name } of existing) {
    if (known.has(name)) continue;
    notes.push(`drop the column ${name}`);
    unsafe.push(`${alter} drop column ${quoted(name)}`);
  }
  return { safe, unsafe, notes };
}

/** The columns of tables that exist, by table. */
export async function existingColumns(executor: SqlExecutor, tables: readonly string[]): Promise<Map<string, ExistingColumn[]>> {
  const { rows } = await executor.query<{ table: string; name: string; type: string; nullable: boolean }>(
    `select c.relname as "table", a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
     from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and c.relname = any($1::text[])
       and a.attnum > 0 and not a.attisdropped
     order by c.relname, a.attnum`,
    [tables],
  );
  const found = new Map<string, ExistingColumn[]>();
  for (const { table, ...column } of rows) {
    const columns = found.get(table);
    if (columns) columns.push(column);
    else found.set(table, [column]);
  }
  return found;
}

function columnDefinition(column: LinkColumn): string {
  const fallback = column.default === undefined ? "" : ` default ${literal(column.default)}`;
  return `${quoted(column.name)} ${column.sqlType} ${column.nullable ? "null" : "not null"}${fallback}`;
}

function literal(value: string | number | boolean | null): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
