import { dataErrors, describe, ValidationError } from "../errors";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";
import { quote } from "../sql/quote";
import { checkedText, columnValue, decimalValue } from "../sql/values";

/** Values by column, in the form in which JSON carries them to the database. */
export type ColumnRecord = Record<string, unknown>;

/**
 * Rows travel to the database as one JSON text, which a statement reads as a table. So its text is the same for any
 * number of rows, and the limit of 65,535 parameters is never met.
 */
export function recordTable(spec: ModelSpec, columns: readonly string[], param: number, alias: string): string {
  const types = columnTypes(spec);
  const list = columns.map((name) => `${quote(name)} ${types.get(name) ?? "text"}`).join(", ");
  return `json_to_recordset($${param}::json) as ${alias}(${list})`;
}

/**
 * The parameters of a single record, which needs no table around it, and their placeholders in the order of the columns.
 */
export function recordParams(spec: ModelSpec, columns: readonly string[], record: ColumnRecord): unknown[] {
  const types = columnTypes(spec);
  return columns.map((name) => {
    const value = record[name];
    if (value === undefined || value === null || types.get(name) !== "jsonb") return value ?? null;
    return jsonText(spec, name, value);
  });
}

/** `$2::text, $3::jsonb` … for columns, counted from `first`. */
export function recordPlaceholders(spec: ModelSpec, columns: readonly string[], first: number): string[] {
  const types = columnTypes(spec);
  return columns.map((name, index) => `$${first + index}::${types.get(name) ?? "text"}`);
}

/** The type of a column's values: a serial is an integer that the table counts up. */
export function columnType(property: PropertySpec): string {
  return property.sqlType === "serial" ? "integer" : property.sqlType;
}

const typesBySpec = new WeakMap<ModelSpec, Map<string, string>>();

/** The PostgreSQL type of each column of a model, raw columns included. */
function columnTypes(spec: ModelSpec): Map<string, string> {
  let types = typesBySpec.get(spec);
  if (!types) {
    types = new Map();
    for (const property of spec.properties) {
      if (property.computed) continue;
      types.set(property.name, columnType(property));
      if (property.rawColumn) types.set(property.rawColumn, "jsonb");
    }
    typesBySpec.set(spec, types);
  }
  return types;
}

/**
 * What data gives for a property; undefined where it says nothing. An exact number may be given by its digits alone, as
 * `raw_<name>`. In a row that was read both stand, and the number is what the digits come to: then the digits count, for
 * the number may have lost some.
 */
export function givenValue(property: PropertySpec, data: Readonly<Record<string, unknown>>): unknown {
  const value = data[property.name];
  const raw = property.rawColumn === undefined ? undefined : data[property.rawColumn];
  if (raw === undefined) return value;
  if (value === undefined) return raw;
  return typeof value === "number" && Number((raw as { value?: unknown })?.value) === value ? raw : value;
}

/** Puts a checked value of a property into a record; a bigNumber fills two columns. */
export function setColumn(record: ColumnRecord, spec: ModelSpec, property: PropertySpec, value: unknown): void {
  if (value === null) {
    record[property.name] = null;
    if (property.rawColumn) record[property.rawColumn] = null;
  } else if (property.rawColumn) {
    const decimal = decimalValue(spec, property, value);
    record[property.name] = decimal.value;
    record[property.rawColumn] = decimal.raw;
  } else if (property.kind === "json") {
    record[property.name] = value;
  } else {
    if (property.values && !property.values.includes(value as string))
      throw ValidationError.notInEnum(spec.name, property.name, property.values, value);
    record[property.name] = columnValue(spec, property, value);
  }
}

/** The JSON text of records. Texts inside json columns are checked here, and only where something suspicious occurs. */
export function recordsJson(spec: ModelSpec, records: readonly ColumnRecord[]): string {
  let text: string;
  try {
    text = JSON.stringify(records);
  } catch (cause) {
    // Column by column, to name the one that cannot be written.
    for (const record of records) for (const [name, value] of Object.entries(record)) jsonText(spec, name, value);
    throw cause;
  }
  if (suspicious.test(text)) {
    for (const record of records) for (const [name, value] of Object.entries(record)) checkTexts(spec, name, value);
  }
  return text;
}

/** Escapes of NUL and of lone surrogates, which jsonb refuses; as plain text they occur behind a backslash. */
const suspicious = /\\u0000|\\ud[89a-f]/;

function jsonText(spec: ModelSpec, name: string, value: unknown): string | null {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw dataErrors.wrongType(spec.name, name, `a JSON value (${(cause as Error).message.split("\n")[0]})`, describe(value));
  }
  if (text !== undefined && suspicious.test(text)) checkTexts(spec, name, value);
  return text ?? null;
}

function checkTexts(spec: ModelSpec, name: string, value: unknown): void {
  if (typeof value === "string") checkedText(spec, name, value);
  else if (Array.isArray(value)) for (const item of value) checkTexts(spec, name, item);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      checkedText(spec, name, key);
      checkTexts(spec, name, item);
    }
  }
}
