import { literal as text } from "../sql/quote";
import { bareName } from "./bare-name";
import type { CheckDefinition, IndexConditionValue, IndexDefinition } from "./entity";

/** The predicate of an index: the condition given, and that the row is not soft-deleted unless it speaks of that itself. */
export function indexPredicate(where: IndexDefinition["where"]): string {
  const given =
    typeof where === "string"
      ? where.trim()
      : Object.entries(where ?? {})
          .map(condition)
          .join(" AND ");
  if (given === "") return "deleted_at IS NULL";
  return /\bdeleted_at\b/i.test(given) ? given : `${/\bor\b/i.test(given) ? `(${given})` : given} AND deleted_at IS NULL`;
}

/** The expression of a check, with the columns it is given filled in. */
export function checkExpression(check: CheckDefinition, columns: readonly string[]): string {
  const expression = typeof check === "function" ? check : check.expression;
  if (typeof expression === "string") return expression;
  return expression(Object.fromEntries(columns.map((column) => [column, bareName(column)])));
}

function condition([column, value]: [string, IndexConditionValue]): string {
  const name = bareName(column);
  if (typeof value === "object" && value !== null) {
    const other = value.$ne;
    return other === null || typeof other === "boolean" ? `${name} IS NOT ${literal(other)}` : `${name} <> ${literal(other)}`;
  }
  return value === null || typeof value === "boolean" ? `${name} IS ${literal(value)}` : `${name} = ${literal(value)}`;
}

function literal(value: string | number | boolean | null): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return text(value);
  return String(value).toUpperCase();
}
