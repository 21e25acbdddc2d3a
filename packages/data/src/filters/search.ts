import { dataErrors, describe } from "../errors";
import type { ModelSpec } from "../spec/model-spec";
import { combine, likeText } from "./analysis";
import type { FilterAnalysis } from "./analysis";
import type { Condition } from "./condition";

/** The free-text filter `q`: the text occurs in a searchable property, of this model or of a searchable relation. */
export function searchCondition(analysis: FilterAnalysis, spec: ModelSpec, value: unknown): Condition | undefined {
  if (value === null || value === "") return undefined;
  if (typeof value !== "string" && typeof value !== "number") throw dataErrors.badFilter(`${spec.name}.q`, "text", describe(value));
  const condition = searchIn(analysis, spec, analysis.params.length + 1, new Set());
  // A model without searchable properties is not narrowed, and needs no parameter.
  if (!condition) return undefined;
  analysis.param(likeText(spec, "q", String(value)));
  analysis.shape += "q";
  return condition;
}

function searchIn(analysis: FilterAnalysis, spec: ModelSpec, param: number, seen: ReadonlySet<ModelSpec>): Condition | undefined {
  const inside = new Set(seen).add(spec);
  const parts: Condition[] = spec.properties
    .filter((property) => property.searchable && !property.computed)
    .map((property) => ({ kind: "search", property, param }));
  for (const relation of spec.relations) {
    if (!relation.searchable || inside.has(relation.target())) continue;
    const edge = analysis.edges(spec, relation.name);
    const where = edge && searchIn(analysis, edge.target, param, inside);
    if (where) parts.push({ kind: "exists", edge, where });
  }
  return combine("any", parts);
}
