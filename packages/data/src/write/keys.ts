import { dataErrors, describe } from "../errors";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";
import { quote } from "../sql/quote";
import { columnValue } from "../sql/values";
import { recordTable } from "./records";

/**
 * The primary key of a row: its value, or for a key of several columns an object with each of them:
 * `{ customer_id: "cus_1", group_id: "grp_1" }`.
 */
export type RowKey = unknown;

/** True for a primary key of several columns. */
export function isComposite(spec: ModelSpec): boolean {
  return spec.primaryKey.length > 1;
}

/**
 * The key that data has among its other values, checked.
 *
 * @throws AppError `data.key_missing`, `data.wrong_type`
 */
export function keyIn(spec: ModelSpec, data: Readonly<Record<string, unknown>>): RowKey {
  const values = spec.primaryKey.map((name) => {
    const given = data[name];
    if (given === undefined || given === null) throw dataErrors.keyMissing(spec.camelName, name);
    return columnValue(spec, spec.propertyByName.get(name) as PropertySpec, given);
  });
  return isComposite(spec) ? Object.fromEntries(spec.primaryKey.map((name, index) => [name, values[index]])) : values[0];
}

/**
 * A key that was given by itself, checked.
 *
 * @throws AppError `data.key_missing`, `data.composite_key`, `data.wrong_type`
 */
export function checkedKey(spec: ModelSpec, given: unknown): RowKey {
  const [first] = spec.primaryKey;
  if (given === undefined || given === null) throw dataErrors.keyMissing(spec.camelName, first as string);
  if (!isComposite(spec)) return columnValue(spec, spec.propertyByName.get(first as string) as PropertySpec, given);
  if (typeof given !== "object" || Array.isArray(given)) throw dataErrors.compositeKey(spec.name, spec.primaryKey, describe(given));
  return keyIn(spec, given as Record<string, unknown>);
}

/** The key of a row that was read. */
export function keyOfRow(spec: ModelSpec, row: Readonly<Record<string, unknown>>): RowKey {
  return isComposite(spec) ? Object.fromEntries(spec.primaryKey.map((name) => [name, row[name]])) : row[spec.primaryKey[0] as string];
}

/** What is equal for equal keys of a model, and only for these. */
export function identityOfKey(spec: ModelSpec, key: RowKey): unknown {
  return isComposite(spec) ? JSON.stringify(spec.primaryKey.map((name) => (key as Record<string, unknown>)[name])) : key;
}

/** A key as messages show it: `art_1`, or `cus_1, grp_1`. */
export function keyText(spec: ModelSpec, key: RowKey): string {
  return isComposite(spec) ? spec.primaryKey.map((name) => String((key as Record<string, unknown>)[name])).join(", ") : String(key);
}

/** The columns of a key by name. */
export function keyColumns(spec: ModelSpec, key: RowKey): Record<string, unknown> {
  return isComposite(spec) ? (key as Record<string, unknown>) : { [spec.primaryKey[0] as string]: key };
}

/** The condition that a row of a table has one of the keys of a parameter; {@link keysParam} makes its value. */
export function keysCondition(spec: ModelSpec, param: number): string {
  if (!isComposite(spec)) return `${quote(spec.primaryKey[0] as string)} = any($${param})`;
  const columns = spec.primaryKey.map(quote);
  const keys = columns.map((name) => `x.${name}`).join(", ");
  return `(${columns.join(", ")}) in (select ${keys} from ${recordTable(spec, spec.primaryKey, param, "x")})`;
}

/** The value of the parameter of {@link keysCondition}. */
export function keysParam(spec: ModelSpec, keys: readonly RowKey[]): unknown {
  return isComposite(spec) ? JSON.stringify(keys) : keys;
}

/** The filter that selects rows by their keys. */
export function keysFilter(spec: ModelSpec, keys: readonly RowKey[]): Record<string, unknown> {
  return isComposite(spec) ? { $or: keys } : { [spec.primaryKey[0] as string]: keys };
}
