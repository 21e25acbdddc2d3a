import { BigNumber } from "@velella/kernel";
import type { BigNumberInput, BigNumberRaw } from "@velella/kernel";
import { dataErrors, describe } from "../errors";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";

/**
 * A value for a column, checked and in the form that PostgreSQL reads; null stays null.
 * Texts that spell the expected type (`"3"` for a number, `"true"` for a boolean) are taken, as PostgreSQL would.
 *
 * @throws AppError `data.wrong_type`
 */
export function columnValue(spec: ModelSpec, property: PropertySpec, value: unknown): unknown {
  if (value === null) return null;
  switch (property.kind) {
    case "id":
    case "text":
    case "enum":
      return textValue(spec, property, value);
    case "number":
    case "autoincrement":
      return numberValue(spec, property, value);
    case "float":
      return finiteValue(spec, property, value);
    case "bigNumber":
      return decimalValue(spec, property, value).value;
    case "boolean":
      if (typeof value === "boolean") return value;
      if (value === "true" || value === "false") return value === "true";
      throw wrongType(spec, property, "true or false", value);
    case "dateTime":
      return timestampValue(spec, property, value);
    case "array":
      return arrayValue(spec, property, value);
    case "json":
      return jsonValue(spec, property, value);
  }
}

/** The digits of an amount, and what is stored beside them. */
export function decimalValue(spec: ModelSpec, property: PropertySpec, value: unknown): { value: string; raw: BigNumberRaw } {
  let parsed: BigNumber;
  try {
    parsed = new BigNumber(value as BigNumberInput);
  } catch {
    throw wrongType(spec, property, "a number, a decimal string or {value}", value);
  }
  const exponent = parsed.bigNumber?.e;
  if (exponent === null || exponent === undefined) throw wrongType(spec, property, "a finite number", value);
  if (exponent > 131_071 || exponent < -16_383) throw wrongType(spec, property, "within the limits of numeric", value);
  return { value: (parsed.bigNumber as NonNullable<typeof parsed.bigNumber>).toFixed(), raw: parsed.raw as BigNumberRaw };
}

/** A Date in PostgreSQL's notation, also for years beyond four digits and before Christ. */
export function timestampText(date: Date): string {
  const iso = date.toISOString();
  if (iso.startsWith("+")) return iso.slice(1);
  if (!iso.startsWith("-")) return iso;
  const year = Number(iso.slice(1, 7));
  return `${String(year + 1).padStart(4, "0")}${iso.slice(7)} BC`;
}

/** A text that PostgreSQL can hold, else an error: it has no NUL, and lone surrogates would be replaced silently. */
export function checkedText(spec: ModelSpec, name: string, text: string): string {
  if (text.includes("\0")) throw dataErrors.wrongType(spec.name, name, "text without NUL characters", describe(text));
  if (!(text as string & { isWellFormed(): boolean }).isWellFormed())
    throw dataErrors.wrongType(spec.name, name, "well-formed Unicode text", "text with a lone surrogate");
  return text;
}

function textValue(spec: ModelSpec, property: PropertySpec, value: unknown): string {
  if (typeof value === "string") return checkedText(spec, property.name, value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  throw wrongType(spec, property, "text", value);
}

function numberValue(spec: ModelSpec, property: PropertySpec, value: unknown): number {
  const number = finiteValue(spec, property, value);
  if (!Number.isInteger(number)) throw wrongType(spec, property, "a whole number", value);
  if (number > 2147483647 || number < -2147483648) throw wrongType(spec, property, "a whole number of 32 bits", value);
  return number;
}

/** A finite number, also written as text. */
export function finiteValue(spec: ModelSpec, property: PropertySpec, value: unknown): number {
  const number =
    typeof value === "string" && value.trim() !== ""
      ? Number(value)
      : value instanceof BigNumber || typeof value === "bigint"
        ? Number(value)
        : value;
  if (typeof number !== "number" || !Number.isFinite(number)) throw wrongType(spec, property, "a number", value);
  return number;
}

function timestampValue(spec: ModelSpec, property: PropertySpec, value: unknown): string {
  const date = value instanceof Date ? value : typeof value === "string" || typeof value === "number" ? new Date(value) : undefined;
  if (!date || Number.isNaN(date.getTime())) throw wrongType(spec, property, "a date", value);
  // Text keeps what a Date would lose: microseconds.
  if (typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{4,}(Z|[+-]\d\d:?\d\d)$/.test(value)) return value;
  return timestampText(date);
}

function arrayValue(spec: ModelSpec, property: PropertySpec, value: unknown): (string | null)[] {
  if (!Array.isArray(value)) throw wrongType(spec, property, "a list of texts", value);
  return value.map((item: unknown) => (item === null ? null : textValue(spec, property, item)));
}

function jsonValue(spec: ModelSpec, property: PropertySpec, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw wrongType(spec, property, `a JSON value (${(cause as Error).message.split("\n")[0]})`, value);
  }
  if (text === undefined) throw wrongType(spec, property, "a JSON value", value);
  if (/\\u0000|\\ud[89a-f]/.test(text)) checkJson(spec, property, value);
  return text;
}

/** Looks for the texts that jsonb refuses; only called when their escapes occur. */
function checkJson(spec: ModelSpec, property: PropertySpec, value: unknown): void {
  if (typeof value === "string") checkedText(spec, property.name, value);
  else if (Array.isArray(value)) for (const item of value) checkJson(spec, property, item);
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      checkedText(spec, property.name, key);
      checkJson(spec, property, item);
    }
  }
}

function wrongType(spec: ModelSpec, property: PropertySpec, expected: string, value: unknown) {
  return dataErrors.wrongType(spec.name, property.name, expected, describe(value));
}
