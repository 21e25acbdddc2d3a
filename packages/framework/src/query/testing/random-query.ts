import type { Filters, OrderBy } from "@velella/data";
import type { GraphConfig } from "../query";
import { randomTitle } from "./random-graph";
import type { PlainEdge, PlainModel, Random, RandomGraph } from "./random-graph";

/** A random query of a random graph. */
export function randomQuery(random: Random, graph: RandomGraph): GraphConfig & { entity: string; fields: string[] } {
  const root = random.pick([...graph.models.values()]);
  return {
    entity: root.entity,
    fields: randomFields(random, graph, root, 3),
    filters: random.chance(0.6) ? randomFilters(random, graph, root, 3) : undefined,
    pagination: randomPage(random, graph, root),
  };
}

function randomFields(random: Random, graph: RandomGraph, model: PlainModel, depth: number): string[] {
  const fields: string[] = random.some(["id", ...model.scalars], 0.5);
  if (random.chance(0.1)) fields.push("nothing");
  if (depth === 0) return fields.length ? fields : ["id"];
  for (const edge of random.some([...model.edges.values()], 0.45)) {
    for (const field of randomFields(random, graph, graph.models.get(edge.target)!, depth - 1)) fields.push(`${edge.name}.${field}`);
  }
  return fields;
}

function randomFilters(random: Random, graph: RandomGraph, model: PlainModel, depth: number): Filters {
  const filters: Record<string, unknown> = {};
  for (let i = 0; i < 1 + random.int(2); i++) {
    const edges = [...model.edges.values()];
    const kind = random.next();
    if (depth > 0 && kind < 0.4 && edges.length) {
      const edge = random.pick(edges);
      const choice = random.next();
      const ids = () =>
        random.some(
          graph.rows.get(edge.target)!.map((row) => row.id),
          0.4,
        );
      if (choice < 0.1) filters[edge.name] = null;
      else if (choice < 0.14) filters[edge.name] = { $exists: random.chance(0.5) };
      else if (choice < 0.17) filters[edge.name] = {};
      else if (choice < 0.25 && edge.kind !== "rows") filters[edge.name] = ids();
      else filters[edge.name] = randomFilters(random, graph, graph.models.get(edge.target)!, depth - 1);
    } else if (depth > 0 && kind < 0.6) {
      const parts = [1, 2].map(() => randomFilters(random, graph, model, depth - 1));
      filters[random.pick(["$and", "$or"])] = parts;
    } else if (depth > 0 && kind < 0.68) {
      filters.$not = randomFilters(random, graph, model, depth - 1);
    } else {
      const scalar = random.pick(model.scalars);
      filters[scalar] = randomCondition(random, scalar);
    }
  }
  return filters;
}

function randomCondition(random: Random, scalar: string): unknown {
  const value = () => (isText(scalar) ? randomTitle(random) : scalar === "rank" ? random.int(5) : random.chance(0.5));
  const operator = random.pick(["$eq", "$ne", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$like", "null", "plain", "list"]);
  switch (operator) {
    case "$in":
    case "$nin":
      return { [operator]: [value(), value(), ...(random.chance(0.2) ? [null] : [])] };
    case "$like":
      return isText(scalar) ? { $like: random.pick(["a%", "%b", "_c"]) } : { $ne: value() };
    case "null":
      return random.chance(0.5) ? null : { $ne: null };
    case "plain":
      return value();
    case "list":
      return [value(), value()];
    default:
      return { [operator]: value() };
  }
}

function randomPage(random: Random, graph: RandomGraph, model: PlainModel): GraphConfig["pagination"] {
  const page: { skip?: number; take?: number; order?: OrderBy } = {};
  if (random.chance(0.4)) page.take = 1 + random.int(6);
  if (random.chance(0.3)) page.skip = random.int(4);
  if (random.chance(0.6)) page.order = randomOrder(random, graph, model, 2);
  return page;
}

function randomOrder(random: Random, graph: RandomGraph, model: PlainModel, depth: number): OrderBy {
  const edges = [...model.edges.values()].filter((edge) => isSameCall(graph, model, edge));
  const order: Record<string, OrderBy[string]> = {};
  for (let i = 0; i < 1 + random.int(2); i++) {
    if (depth > 0 && edges.length && random.chance(0.35)) {
      const edge = random.pick(edges);
      order[edge.name] = randomOrder(random, graph, graph.models.get(edge.target)!, depth - 1);
    } else order[random.pick(model.scalars)] = random.pick(directions);
  }
  return order;
}

const directions = ["ASC", "DESC", "ASC NULLS FIRST", "DESC NULLS LAST"] as OrderBy[string][];

const isText = (scalar: string) => scalar === "title" || scalar === "note";

/** Orders go only over what is read in the same call. */
function isSameCall(graph: RandomGraph, model: PlainModel, edge: PlainEdge): boolean {
  if (["parent", "children", "pivot"].includes(edge.kind)) return true;
  return !model.isElsewhere && !graph.models.get(edge.target)!.isElsewhere;
}
