import { toCamelCase, toSnakeCase } from "@velella/data";
import type { ModelSpec, PropertyKind, PropertySpec } from "@velella/data";
import { keyColumnType } from "./link-columns";
import type { LinkColumn, LinkSide } from "./link-spec";

/** The table of a link as a model spec: two keys, an id, the extra columns and the implicit ones. */
export function linkModel(
  entity: string,
  table: string,
  idPrefix: string,
  sides: readonly [LinkSide, LinkSide],
  columns: readonly LinkColumn[],
): ModelSpec {
  const properties = [
    ...sides.map(({ key, keyType }) =>
      property(key, keyType === "integer" ? "number" : "text", keyColumnType(keyType), { primaryKey: true }),
    ),
    property("id", "id", "varchar(255)", { idPrefix }),
    ...columns.map((column) =>
      property(column.name, kindOf(column.sqlType), column.sqlType, {
        nullable: column.nullable,
        hasDefault: column.default !== undefined,
        default: column.default,
      }),
    ),
    property("created_at", "dateTime", "timestamptz", { implicit: true, hasDefault: true }),
    property("updated_at", "dateTime", "timestamptz", { implicit: true, hasDefault: true }),
    property("deleted_at", "dateTime", "timestamptz", { implicit: true, nullable: true }),
  ];
  return Object.freeze({
    name: entity,
    snakeName: toSnakeCase(entity),
    camelName: toCamelCase(entity),
    table,
    properties: Object.freeze(properties),
    propertyByName: new Map(properties.map((p) => [p.name, p])),
    relations: Object.freeze([]),
    relationByName: new Map(),
    primaryKey: Object.freeze([sides[0].key, sides[1].key]),
    indexes: Object.freeze([]),
    checks: Object.freeze([]),
    cascades: Object.freeze({ delete: Object.freeze([]), detach: Object.freeze([]) }),
    linkableKey: `${toSnakeCase(entity)}_id`,
  });
}

function property(name: string, kind: PropertyKind, sqlType: string, options: Partial<PropertySpec>): PropertySpec {
  return Object.freeze({
    name,
    kind,
    sqlType,
    nullable: false,
    primaryKey: false,
    searchable: false,
    translatable: false,
    computed: false,
    hasDefault: false,
    implicit: false,
    ...options,
  });
}

function kindOf(sqlType: string): PropertyKind {
  switch (sqlType) {
    case "integer":
    case "smallint":
      return "number";
    case "real":
    case "double precision":
      return "float";
    case "bigint":
    case "numeric":
      // Read as a number; without the column of exact digits that a model's big numbers have.
      return "bigNumber";
    case "boolean":
      return "boolean";
    case "timestamptz":
      return "dateTime";
    case "jsonb":
      return "json";
    case "text[]":
      return "array";
    default:
      return "text";
  }
}
