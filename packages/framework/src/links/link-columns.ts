import type { PropertySpec } from "@velella/data";
import type { ExtraColumn } from "./define-link";
import { linkErrors } from "./errors";
import type { LinkColumn, LinkKeyType } from "./link-spec";

/** The types that an extra column may name, and what they are in PostgreSQL. */
const sqlTypes: Readonly<Record<string, string>> = {
  text: "text",
  string: "text",
  uuid: "uuid",
  enum: "text",
  integer: "integer",
  smallint: "smallint",
  tinyint: "smallint",
  mediumint: "integer",
  bigint: "bigint",
  float: "real",
  double: "double precision",
  decimal: "numeric",
  boolean: "boolean",
  date: "date",
  time: "time",
  datetime: "timestamptz",
  timestamp: "timestamptz",
  json: "jsonb",
  array: "text[]",
};

/** The type of a key's column. */
export const keyColumnType = (type: LinkKeyType): string => (type === "text" ? "varchar(255)" : type);

/** What a link can refer to by a property; undefined for what is no key. */
export function keyTypeOf({ kind }: PropertySpec): LinkKeyType | undefined {
  switch (kind) {
    case "id":
    case "text":
    case "enum":
      return "text";
    case "number":
    case "autoincrement":
      return "integer";
    default:
      return undefined;
  }
}

const reserved = new Set(["id", "created_at", "updated_at", "deleted_at"]);

/**
 * The extra columns of a link table.
 *
 * @throws `link.unknown_column_type`, `link.reserved_column`.
 */
export function linkColumns(file: string, columns: Readonly<Record<string, ExtraColumn>> = {}, keys: readonly string[] = []): LinkColumn[] {
  return Object.entries(columns).map(([name, column]) => {
    const sqlType = sqlTypes[column.type];
    if (!sqlType) throw linkErrors.unknownColumnType(file, name, column.type, Object.keys(sqlTypes).join(", "));
    if (reserved.has(name) || keys.includes(name)) throw linkErrors.reservedColumn(file, name);
    return Object.freeze({ name, sqlType, nullable: column.nullable ?? false, default: column.defaultValue });
  });
}
