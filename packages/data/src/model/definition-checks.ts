import { BigNumber, type BigNumberInput } from "@velella/kernel";
import type { PropertyKind } from "../spec/model-spec";
import { modelErrors } from "./errors";
import type { PropertyState } from "./property";

/** PostgreSQL keeps this many bytes of a name. */
export const NAME_LIMIT = 63;

/**
 * Refuses what only the database would notice of a property, or nobody: a default that does not fit, an enum without
 * values, a key that may be null, a name that would be cut.
 *
 * @throws `model.long_name`, `model.nullable_key`, `model.computed_column`, `model.enum_values`, `model.bad_default`.
 */
export function checkProperty(model: string, name: string, kind: PropertyKind, state: PropertyState): void {
  const column = kind === "bigNumber" ? `raw_${name}` : name;
  if (name === "" || Buffer.byteLength(column) > NAME_LIMIT) throw modelErrors.longName(model, name, NAME_LIMIT);
  if (state.primaryKey && state.computed) throw modelErrors.computedColumn(model, name, "the primary key");
  if (state.primaryKey && state.nullable) throw modelErrors.nullableKey(model, name);
  if (state.computed && (state.index ?? state.unique)) throw modelErrors.computedColumn(model, name, "an index");
  if (kind === "enum") checkEnum(model, name, state.values ?? []);
  const value = state.default;
  if (!state.hasDefault || value === undefined || value === null || typeof value === "function") return;
  const expected = misfit(kind, value, state.values ?? []);
  if (expected !== undefined) throw modelErrors.badDefault(model, name, expected, shown(value));
}

function checkEnum(model: string, name: string, values: readonly unknown[]): void {
  const odd = values.find((value) => typeof value !== "string");
  if (values.length === 0 || odd !== undefined) throw modelErrors.enumValues(model, name, odd === undefined ? undefined : shown(odd));
}

/** What a value of a kind has to be, where this one is not. */
function misfit(kind: PropertyKind, value: unknown, values: readonly unknown[]): string | undefined {
  switch (kind) {
    case "id":
    case "text":
      return typeof value === "string" ? undefined : "a text";
    case "enum":
      return values.includes(value) ? undefined : `one of ${values.map(shown).join(", ")}`;
    case "number":
    case "autoincrement":
      return Number.isInteger(value) && Math.abs(value as number) < 2 ** 31 ? undefined : "a whole number below 2,147,483,648";
    case "float":
      return Number.isFinite(value) ? undefined : "a number";
    case "bigNumber":
      return isExactNumber(value) ? undefined : "a number, or its digits as text";
    case "boolean":
      return typeof value === "boolean" ? undefined : "true or false";
    case "dateTime":
      return (value instanceof Date || typeof value === "string") && !Number.isNaN(new Date(value).getTime()) ? undefined : "a date";
    case "json":
      return typeof value === "object" && JSON.stringify(value) !== undefined ? undefined : "an object or a list";
    case "array":
      return Array.isArray(value) && value.every((item) => typeof item === "string") ? undefined : "a list of texts";
  }
}

function isExactNumber(value: unknown): boolean {
  try {
    return Number.isFinite(new BigNumber(value as BigNumberInput).numeric);
  } catch {
    return false;
  }
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid date" : "a date";
    return Array.isArray(value) ? "a list" : "an object";
  }
  return typeof value === "function" ? "a function" : String(value);
}
