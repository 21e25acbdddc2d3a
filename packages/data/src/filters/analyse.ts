import { dataErrors, describe, UnknownPropertyError } from "../errors";
import { defaultEdges } from "../plan/edges";
import type { Edge, EdgeResolver, Filters } from "../plan/read-plan";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";
import { columnValue } from "../sql/values";
import { combine, FilterAnalysis, isOperatorMap } from "./analysis";
import type { AnalysedFilter, Condition } from "./condition";
import { valueCondition } from "./operators";
import { searchCondition } from "./search";

/**
 * Checks a filter and turns it into a condition. Keys whose value is undefined are left out.
 *
 * @throws UnknownPropertyError for a name that is neither property nor relation.
 * @throws AppError `data.wrong_type`, `data.wrong_operator`, `data.unknown_operator`, `data.bad_filter`, `data.filter_too_deep`
 */
export function analyseFilters(spec: ModelSpec, filters: Filters | undefined, edges: EdgeResolver = defaultEdges): AnalysedFilter {
  const analysis = new FilterAnalysis(edges, spec);
  const condition = filters === undefined || filters === null ? undefined : objectCondition(analysis, spec, filters);
  return { condition, params: analysis.params, shape: analysis.shape };
}

/** The condition of a filter object: all of its keys. */
export function objectCondition(analysis: FilterAnalysis, spec: ModelSpec, filters: unknown): Condition | undefined {
  if (Array.isArray(filters)) return groupCondition(analysis, spec, "$or", filters);
  if (typeof filters !== "object" || filters === null) throw dataErrors.badFilter(spec.name, "an object", describe(filters));
  return analysis.nested(() => {
    const parts: Condition[] = [];
    analysis.shape += "(";
    for (const [key, value] of Object.entries(filters)) {
      if (value === undefined) continue;
      const part = keyCondition(analysis, spec, key, value);
      if (part) parts.push(part);
    }
    analysis.shape += ")";
    return combine("all", parts);
  });
}

function keyCondition(analysis: FilterAnalysis, spec: ModelSpec, key: string, value: unknown): Condition | undefined {
  if (key === "$and" || key === "$or") return groupCondition(analysis, spec, key, value);
  if (key === "$not") {
    analysis.shape += "$not";
    const part = objectCondition(analysis, spec, value);
    return part && { kind: "not", part };
  }
  const property = spec.propertyByName.get(key);
  if (property && !property.computed) {
    analysis.shape += `${key}:`;
    return valueCondition(analysis, spec, property, value);
  }
  const edge = analysis.edges(spec, key);
  if (edge) {
    analysis.shape += `${key}>`;
    return relationCondition(analysis, spec, edge, value);
  }
  if (key === "q") return searchCondition(analysis, spec, value);
  throw UnknownPropertyError.query(spec.name, key);
}

function groupCondition(analysis: FilterAnalysis, spec: ModelSpec, key: "$and" | "$or", value: unknown): Condition | undefined {
  const list = Array.isArray(value) ? value : [value];
  return analysis.nested(() => {
    const collect = () => {
      analysis.shape += key;
      const parts = list.map((item) => objectCondition(analysis, spec, item));
      analysis.shape += ".";
      return parts;
    };
    if (key === "$or") return analysis.alternatives(collect);
    return combine(
      "all",
      collect().filter((part) => part !== undefined),
    );
  });
}

/** A filter on a relation: a nested filter, the key or keys of related rows, or null for "none". */
function relationCondition(analysis: FilterAnalysis, spec: ModelSpec, edge: Edge, value: unknown): Condition | undefined {
  if (value === null) {
    analysis.shape += "0";
    return { kind: "not", part: { kind: "exists", edge, where: undefined } };
  }
  const key = edge.target.propertyByName.get(edge.target.primaryKey[0] as string) as PropertySpec;
  if (typeof value !== "object" || Array.isArray(value)) {
    const list = Array.isArray(value) ? value : [value];
    if (list.some((item) => typeof item === "object" && item !== null)) return existsCondition(analysis, edge, value);
    analysis.shape += "=";
    const param = analysis.param(list.map((item: unknown) => columnValue(edge.target, key, item)));
    return { kind: "exists", edge, where: { kind: "compare", property: key, operator: "= any", param } };
  }
  if ("$exists" in value && Object.keys(value).length === 1) {
    const negated = value.$exists === false;
    analysis.shape += negated ? "!" : "?";
    const exists: Condition = { kind: "exists", edge, where: undefined };
    return negated ? { kind: "not", part: exists } : exists;
  }
  if (isOperatorMap(value) && !("$and" in value) && !("$or" in value) && !("$not" in value)) {
    return { kind: "exists", edge, where: valueCondition(analysis, edge.target, key, value) };
  }
  return existsCondition(analysis, edge, value);
}

function existsCondition(analysis: FilterAnalysis, edge: Edge, value: unknown): Condition | undefined {
  const where = objectCondition(analysis, edge.target, value);
  // An empty filter asks for nothing, and so does not demand that a related row exists.
  return where && { kind: "exists", edge, where };
}
