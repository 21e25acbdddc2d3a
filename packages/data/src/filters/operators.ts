import { dataErrors, describe } from "../errors";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";
import { columnValue, finiteValue } from "../sql/values";
import { combine, comparisons, isOperatorMap, patterns } from "./analysis";
import type { FilterAnalysis } from "./analysis";
import type { Condition } from "./condition";
import { jsonCondition } from "./json-conditions";

// Maps: an object would also find what all objects have, such as "constructor".
const containments = new Map([
  ["$overlap", "&&"],
  ["$contains", "@>"],
  ["$contained", "<@"],
]);

/** Every operator that a filter may use on a property. */
export const operatorNames = [
  ...["$eq", "$ne", "$in", "$nin", "$not", "$exists", "$fulltext", "$and", "$or"],
  ...comparisons.keys(),
  ...patterns.keys(),
  ...containments.keys(),
];

/** The condition on one property: a value, a list of values, null, or a map of operators. */
export function valueCondition(analysis: FilterAnalysis, spec: ModelSpec, property: PropertySpec, value: unknown): Condition | undefined {
  if (isOperatorMap(value)) {
    return analysis.nested(() => {
      const parts: Condition[] = [];
      analysis.shape += "{";
      for (const [operator, operand] of Object.entries(value)) {
        if (operand === undefined) continue;
        const part = operatorCondition(analysis, spec, property, operator, operand);
        if (part) parts.push(part);
      }
      analysis.shape += "}";
      return combine("all", parts);
    });
  }
  if (property.kind === "json" && value !== null) return jsonCondition(analysis, spec, property, value);
  if (Array.isArray(value) && property.kind !== "array") return operatorCondition(analysis, spec, property, "$in", value);
  return operatorCondition(analysis, spec, property, "$eq", value);
}

/** The condition of one operator on one property. */
export function operatorCondition(
  analysis: FilterAnalysis,
  spec: ModelSpec,
  property: PropertySpec,
  operator: string,
  operand: unknown,
): Condition | undefined {
  const wrong = () => dataErrors.wrongOperator(spec.name, property.name, operator, `of kind ${property.kind}`);
  if (operator === "$not") {
    analysis.shape += "$not";
    const part = valueCondition(analysis, spec, property, operand);
    return part && { kind: "not", part };
  }
  if (operator === "$and" || operator === "$or") {
    if (!Array.isArray(operand)) throw dataErrors.badFilter(`${spec.name}.${property.name}.${operator}`, "a list", describe(operand));
    return analysis.nested(() => {
      const collect = () => {
        analysis.shape += operator;
        const parts = operand.map((item: unknown) => valueCondition(analysis, spec, property, item));
        analysis.shape += ".";
        return parts;
      };
      if (operator === "$or") return analysis.alternatives(collect);
      return combine(
        "all",
        collect().filter((part) => part !== undefined),
      );
    });
  }
  if (operator === "$exists") return nullCondition(analysis, property, operand !== false && operand !== "false");
  if (operator === "$eq" || operator === "$ne") return equality(analysis, spec, property, operator, operand);
  if (operator === "$in" || operator === "$nin") return membership(analysis, spec, property, operator, operand);
  const comparison = comparisons.get(operator);
  if (comparison) {
    if (property.kind === "json" || property.kind === "array") throw wrong();
    if (operand === null) throw dataErrors.wrongType(spec.name, property.name, "a value to compare with", "null");
    return compare(analysis, spec, property, comparison, operand);
  }
  const pattern = patterns.get(operator);
  if (pattern || operator === "$fulltext") {
    if (property.kind !== "text" && property.kind !== "id" && property.kind !== "enum") throw wrong();
    if (typeof operand !== "string") throw dataErrors.wrongType(spec.name, property.name, `a text for ${operator}`, describe(operand));
    analysis.shape += operator;
    const param = analysis.param(columnValue(spec, property, operand));
    return pattern ? { kind: "compare", property, operator: pattern, param } : { kind: "fulltext", property, param };
  }
  const containment = containments.get(operator);
  if (containment) {
    if (property.kind !== "array" && (property.kind !== "json" || operator === "$overlap")) throw wrong();
    const list = property.kind === "array" && !Array.isArray(operand) ? [operand] : operand;
    analysis.shape += operator;
    const param = analysis.param(columnValue(spec, property, list));
    return {
      kind: "compare",
      property,
      operator: containment,
      param,
      ...(property.kind === "json" ? { cast: "jsonb" } : {}),
    };
  }
  throw dataErrors.unknownOperator(spec.name, property.name, operator, operatorNames);
}

function nullCondition(analysis: FilterAnalysis, property: PropertySpec, negated: boolean): Condition {
  analysis.shape += negated ? "+" : "0";
  return { kind: "null", property, negated };
}

function equality(analysis: FilterAnalysis, spec: ModelSpec, property: PropertySpec, operator: "$eq" | "$ne", operand: unknown): Condition {
  if (operand === null) return nullCondition(analysis, property, operator === "$ne");
  if (Array.isArray(operand) && property.kind !== "array" && property.kind !== "json") {
    return membership(analysis, spec, property, operator === "$eq" ? "$in" : "$nin", operand);
  }
  return compare(analysis, spec, property, operator === "$eq" ? "=" : "<>", operand);
}

function membership(
  analysis: FilterAnalysis,
  spec: ModelSpec,
  property: PropertySpec,
  operator: "$in" | "$nin",
  operand: unknown,
): Condition {
  const list: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (property.kind === "array") {
    // A list of lists has no array type of its own in PostgreSQL unless all have the same length.
    const parts = list.map((item) => equality(analysis, spec, property, operator === "$in" ? "$eq" : "$ne", item));
    return combine(operator === "$in" ? "any" : "all", parts) ?? nothing(analysis, spec, operator);
  }
  const values = list.filter((item) => item !== null && item !== undefined);
  const wide = values.some((item) => isWide(property, item));
  analysis.shape += `${operator}${wide ? "w" : ""}`;
  const param = analysis.param(
    values.map((item) => (wide ? String(finiteValue(spec, property, item)) : columnValue(spec, property, item))),
  );
  const cast = wide ? "numeric[]" : property.kind === "json" ? "jsonb[]" : undefined;
  const some: Condition = {
    kind: "compare",
    property,
    operator: operator === "$in" ? "= any" : "<> all",
    param,
    ...(cast ? { cast } : {}),
  };
  if (!list.includes(null)) return some;
  const parts = [some, nullCondition(analysis, property, operator === "$nin")];
  return { kind: operator === "$in" ? "any" : "all", parts };
}

/** No row for an empty `$in`, every row for an empty `$nin`. */
function nothing(analysis: FilterAnalysis, spec: ModelSpec, operator: "$in" | "$nin"): Condition {
  const key = spec.propertyByName.get(spec.primaryKey[0] as string) as PropertySpec;
  return nullCondition(analysis, key, operator === "$nin");
}

function compare(analysis: FilterAnalysis, spec: ModelSpec, property: PropertySpec, operator: string, operand: unknown): Condition {
  const wide = isWide(property, operand);
  analysis.shape += `${operator}${wide ? "w" : ""}`;
  const param = analysis.param(wide ? String(finiteValue(spec, property, operand)) : columnValue(spec, property, operand));
  const cast = wide ? "numeric" : property.kind === "json" ? "jsonb" : undefined;
  return { kind: "compare", property, operator, param, ...(cast ? { cast } : {}) };
}

/** True for numbers that an integer column cannot hold but can be compared with: 2.5, or 3,000,000,000. */
function isWide(property: PropertySpec, operand: unknown): boolean {
  if (property.kind !== "number" && property.kind !== "autoincrement") return false;
  const number = typeof operand === "string" && operand.trim() !== "" ? Number(operand) : operand;
  return typeof number === "number" && Number.isFinite(number) && (!Number.isInteger(number) || Math.abs(number) > 2147483647);
}
