import { dataErrors, describe } from "../errors";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";
import { checkedText, columnValue } from "../sql/values";
import { combine, comparisons, isOperatorMap, patterns } from "./analysis";
import type { FilterAnalysis } from "./analysis";
import type { Condition, JsonTest } from "./condition";

/**
 * The condition on a json column that is given as an object: each leaf is compared with the value at its path.
 * A list at a leaf asks for one of its values; any other value given directly is compared with the whole column.
 */
export function jsonCondition(analysis: FilterAnalysis, spec: ModelSpec, property: PropertySpec, value: unknown): Condition | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    analysis.shape += "=";
    return { kind: "compare", property, operator: "=", param: analysis.param(columnValue(spec, property, value)), cast: "jsonb" };
  }
  const parts: Condition[] = [];
  analysis.shape += "[";
  walk(analysis, spec, property, [], value as Record<string, unknown>, parts);
  analysis.shape += "]";
  return combine("all", parts);
}

function walk(
  analysis: FilterAnalysis,
  spec: ModelSpec,
  property: PropertySpec,
  path: readonly string[],
  value: Record<string, unknown>,
  parts: Condition[],
): void {
  analysis.nested(() => {
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const inner = [...path, checkedText(spec, property.name, key)];
      if (isOperatorMap(item)) {
        for (const [operator, operand] of Object.entries(item)) parts.push(at(analysis, spec, property, inner, operator, operand));
      } else if (typeof item === "object" && item !== null && !Array.isArray(item) && !(item instanceof Date)) {
        walk(analysis, spec, property, inner, item as Record<string, unknown>, parts);
      } else {
        parts.push(at(analysis, spec, property, inner, Array.isArray(item) ? "$in" : "$eq", item));
      }
    }
  });
}

function at(
  analysis: FilterAnalysis,
  spec: ModelSpec,
  property: PropertySpec,
  path: readonly string[],
  operator: string,
  operand: unknown,
): Condition {
  const place = `${spec.name}.${property.name}.${path.join(".")}`;
  const json = (value: unknown) => columnValue(spec, property, value);
  const make = (test: JsonTest, mark: string): Condition => {
    analysis.shape += `${operator}${mark}`;
    return { kind: "json", property, path: pathParam, test };
  };
  const pathParam = analysis.param(path);
  if (operator === "$exists") return make({ kind: "present", negated: operand === false }, operand === false ? "!" : "");
  if (operand === null && (operator === "$eq" || operator === "$ne")) return make({ kind: "null", negated: operator === "$ne" }, "0");
  if (operator === "$eq" || operator === "$ne") {
    return make({ kind: "compare", operator: operator === "$eq" ? "=" : "<>", param: analysis.param(json(operand)), cast: "jsonb" }, "");
  }
  if (operator === "$in" || operator === "$nin") {
    if (!Array.isArray(operand)) throw dataErrors.badFilter(`${place}.${operator}`, "a list", describe(operand));
    const param = analysis.param(operand.map((item: unknown) => (item === null ? "null" : json(item))));
    return make({ kind: "compare", operator: operator === "$in" ? "= any" : "<> all", param, cast: "jsonb[]" }, "");
  }
  if (operator === "$contains") return make({ kind: "compare", operator: "@>", param: analysis.param(json(operand)), cast: "jsonb" }, "");
  const order = comparisons.get(operator);
  if (order) {
    const value = operand instanceof Date ? operand.toJSON() : operand;
    const type = typeof value;
    if (type !== "number" && type !== "string" && type !== "boolean")
      throw dataErrors.badFilter(`${place}.${operator}`, "a number or a text", describe(operand));
    return make({ kind: "order", operator: order, param: analysis.param(json(value)), type }, type);
  }
  const pattern = patterns.get(operator);
  if (pattern) {
    if (typeof operand !== "string") throw dataErrors.badFilter(`${place}.${operator}`, "a text", describe(operand));
    return make({ kind: "text", operator: pattern, param: analysis.param(checkedText(spec, property.name, operand)) }, "");
  }
  throw dataErrors.unknownOperator(spec.name, `${property.name}.${path.join(".")}`, operator, [
    ...["$eq", "$ne", "$in", "$nin", "$contains", "$exists"],
    ...comparisons.keys(),
    ...patterns.keys(),
  ]);
}
