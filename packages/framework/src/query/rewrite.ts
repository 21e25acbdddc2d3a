import type { Filters, OrderBy } from "@velella/data";
import { queryErrors } from "./errors";
import { runPlan } from "./executor";
import type { QueryRun } from "./executor";
import type { GraphEntity, RecordEdge } from "./graph";
import { holdsKeys, isSameCall } from "./plan";
import { planQuery } from "./planner";
import { sourceName } from "./service-source";

const noLimits = { depth: Number.POSITIVE_INFINITY, fields: Number.POSITIVE_INFINITY };

/**
 * Filters as the source of an entity understands them: forwarded names become the paths behind them, and a condition
 * on records outside of the statement becomes one on their keys, which are fetched first.
 *
 * @throws `query.computed_filter`
 */
export async function rewriteFilters(run: QueryRun, entity: GraphEntity, source: "sql" | "service", filters: unknown): Promise<Filters> {
  if (Array.isArray(filters))
    return (await Promise.all(filters.map((part) => rewriteFilters(run, entity, source, part)))) as unknown as Filters;
  if (typeof filters !== "object" || filters === null) return filters as Filters;
  const result: Record<string, unknown> = {};
  const conditions: Filters[] = [];
  for (const [key, value] of Object.entries(filters)) {
    if (key === "$and" || key === "$or" || key === "$not") {
      result[key] = await rewriteFilters(run, entity, source, value);
      continue;
    }
    const edge = entity.spec?.propertyByName.has(key) ? undefined : entity.edges.get(key);
    if (!edge) result[key] = value;
    else if (edge.kind === "computed") throw queryErrors.computedFilter(entity.name, key, "filter");
    else if (edge.kind === "forward") conditions.push(await rewriteFilters(run, entity, source, nested(edge.path, value)));
    else if (isSameCall(entity, source, edge))
      result[key] = isNested(value) ? await rewriteFilters(run, edge.target, source, value) : value;
    else if (edge.to === undefined) conditions.push(await rewriteFilters(run, entity, source, nested(edge.steps ?? [], value)));
    else {
      const keys = await keysOf(run, edge, edge.to, value);
      conditions.push({ [edge.from]: holdsKeys(entity, edge) ? { $overlap: keys } : keys });
    }
  }
  if (!conditions.length) return result;
  const own = result.$and === undefined ? [] : [result.$and].flat();
  return { ...result, $and: [...own, ...conditions] };
}

/**
 * An order as the source of an entity understands it.
 *
 * @throws `query.computed_filter`, `query.remote_order`.
 */
export function rewriteOrder(entity: GraphEntity, source: "sql" | "service", order: OrderBy): OrderBy {
  const result: Record<string, OrderBy[string]> = {};
  for (const [key, value] of Object.entries(order)) {
    const dot = key.indexOf(".");
    if (dot > 0) {
      const name = key.slice(0, dot);
      Object.assign(result, merged(result, rewriteOrder(entity, source, { [name]: { [key.slice(dot + 1)]: value } })));
      continue;
    }
    const edge = entity.spec?.propertyByName.has(key) ? undefined : entity.edges.get(key);
    if (!edge) result[key] = value;
    else if (edge.kind === "computed") throw queryErrors.computedFilter(entity.name, key, "order");
    else if (edge.kind === "forward") Object.assign(result, rewriteOrder(entity, source, nested(edge.path, value) as OrderBy));
    else if (!isSameCall(entity, source, edge)) throw queryErrors.remoteOrder(entity.name, key, sourceName(edge.target));
    else result[key] = typeof value === "object" ? rewriteOrder(edge.target, source, value) : value;
  }
  return result;
}

function merged(present: Record<string, OrderBy[string]>, more: OrderBy): OrderBy {
  const result: Record<string, OrderBy[string]> = {};
  for (const [key, value] of Object.entries(more)) {
    const before = present[key];
    result[key] = typeof before === "object" && typeof value === "object" ? { ...before, ...merged(before, value) } : value;
  }
  return result;
}

/** The keys of the records that satisfy a condition, from their own source. */
async function keysOf(run: QueryRun, edge: RecordEdge, to: string, value: unknown): Promise<unknown[]> {
  const condition = isNested(value) ? value : { [edge.target.primaryKey[0] ?? to]: value };
  const filters = await rewriteFilters(run, edge.target, edge.target.source, condition);
  const { root } = planQuery(run.graph, edge.target, [to], noLimits);
  const { rows } = await runPlan(run, root, { filters, withDeleted: run.withDeleted });
  return [...new Set(rows.map((row) => row[to]))];
}

function nested(path: readonly string[], value: unknown): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
}

/** A filter on the fields of a record, as opposed to a value or an operator on its key. */
function isNested(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.keys(value).every((key) => !key.startsWith("$") || key === "$and" || key === "$or" || key === "$not");
}
