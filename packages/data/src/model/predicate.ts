import type { PropertySpec } from "../spec/model-spec";
import { literal as text } from "../sql/quote";
import { bareName } from "./bare-name";
import { shown } from "./definition-checks";
import type { CheckDefinition, IndexDefinition } from "./entity";
import { modelErrors } from "./errors";

/** The column that a condition names, and its model's name; refuses one that is not there. */
export type ColumnLookup = (column: string) => PropertySpec & { readonly model: string };

/** What every index is restricted to unless it says otherwise. */
export const NOT_DELETED = "deleted_at IS NULL";

/**
 * The predicate of an index: the condition given, and that the row is not soft-deleted unless it speaks of that itself.
 *
 * @throws `model.unknown_column`, `model.bad_condition` for a condition given as an object.
 */
export function indexPredicate(where: IndexDefinition["where"], lookup: ColumnLookup): string {
  const given =
    typeof where === "string"
      ? where.trim()
      : Object.entries(where ?? {})
          .map(([column, value]) => condition(lookup(column), value))
          .join(" AND ");
  if (given === "") return NOT_DELETED;
  return /\bdeleted_at\b/i.test(given) ? given : `${/\bor\b/i.test(given) ? `(${given})` : given} AND ${NOT_DELETED}`;
}

/**
 * The expression of a check, with the columns it is given filled in.
 *
 * @throws `model.unknown_column`, `model.empty_check`
 */
export function checkExpression(model: string, check: CheckDefinition, columns: readonly string[]): string {
  const expression = typeof check === "function" ? check : check.expression;
  const made = typeof expression === "string" ? expression : expression(namesOf(model, columns));
  if (typeof made !== "string" || made.trim() === "") throw modelErrors.emptyCheck(model, shown(made));
  return made;
}

/** The columns by name, as an expression writes them; one that is not there would be written as `undefined`. */
function namesOf(model: string, columns: readonly string[]): Record<string, string> {
  return new Proxy<Record<string, string>>(Object.fromEntries(columns.map((column) => [column, bareName(column)])), {
    get(names, column) {
      if (typeof column === "string" && !Object.hasOwn(names, column)) throw modelErrors.unknownColumn(model, "A check", column, columns);
      return Reflect.get(names, column) as string;
    },
  });
}

function condition(column: ReturnType<ColumnLookup>, value: unknown): string {
  const name = bareName(column.name);
  if (typeof value === "object" && value !== null) {
    const other = operand(column, Object.keys(value).join() === "$ne" ? (value as { $ne: unknown }).$ne : value);
    return other === null || typeof other === "boolean" ? `${name} IS NOT ${literal(other)}` : `${name} <> ${literal(other)}`;
  }
  const wanted = operand(column, value);
  return wanted === null || typeof wanted === "boolean" ? `${name} IS ${literal(wanted)}` : `${name} = ${literal(wanted)}`;
}

const texts = new Set(["id", "text", "enum", "dateTime"]);
const numbers = new Set(["number", "float", "bigNumber", "autoincrement"]);

/** A value that can be compared with a column. */
function operand({ model, name, kind }: ReturnType<ColumnLookup>, value: unknown): string | number | boolean | null {
  if (value === null) return null;
  const expected = texts.has(kind) ? "string" : numbers.has(kind) ? "number" : kind === "boolean" ? "boolean" : "null";
  const fits = typeof value === expected && (typeof value !== "number" || Number.isFinite(value));
  if (!fits) throw modelErrors.badCondition(model, name, expected === "string" ? "text" : expected, shown(value));
  return value as string | number | boolean;
}

function literal(value: string | number | boolean | null): string {
  if (value === null) return "NULL";
  if (typeof value === "string") return text(value);
  return String(value).toUpperCase();
}
