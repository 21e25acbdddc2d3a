import { BigNumber, type BigNumberInput } from "@velella/kernel";
import type { PropertySpec } from "../spec/model-spec";
import { literal } from "../sql/quote";

/** The default of a column as SQL, or undefined where the database has none (defaults made by a function have none). */
export function columnDefault(property: PropertySpec): string | undefined {
  if (property.implicit) return property.hasDefault ? "now()" : undefined;
  const value = property.default;
  if (!property.hasDefault || value === undefined || value === null || typeof value === "function") return undefined;
  switch (property.kind) {
    case "number":
    case "float":
    case "autoincrement":
    case "boolean":
      return String(value);
    case "bigNumber":
      return new BigNumber(value as BigNumberInput).toString();
    case "dateTime":
      return literal((value instanceof Date ? value : new Date(String(value))).toISOString());
    case "json":
      return literal(JSON.stringify(value));
    case "array":
      return literal(arrayText(value as readonly string[]));
    case "id":
    case "text":
    case "enum":
      return literal(String(value));
  }
}

/** The default of the `raw_` column of a bigNumber, or undefined. */
export function rawDefault(property: PropertySpec): string | undefined {
  const value = property.default;
  if (!property.hasDefault || value === undefined || value === null || typeof value === "function") return undefined;
  return literal(JSON.stringify(new BigNumber(value as BigNumberInput).raw));
}

function arrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`).join(",")}}`;
}
