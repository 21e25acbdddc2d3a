import { dataErrors } from "@velella/data";
import type { Filters, OrderBy } from "@velella/data";
import { queryErrors } from "./errors";
import { runPlan } from "./executor";
import type { QueryRun } from "./executor";
import { filterDepthLimit, isNone, orderDepthLimit, relationForm } from "./filter-forms";
import type { GraphEntity, RecordEdge } from "./graph";
import { holdsKeys, isSameCall } from "./plan";
import { planQuery } from "./planner";
import { requireAskedKeys, sourceName } from "./service-source";

const noLimits = { depth: Number.POSITIVE_INFINITY, fields: Number.POSITIVE_INFINITY };

type Source = GraphEntity["source"];

/**
 * Filters as the source of an entity understands them: forwarded names become the paths behind them, and a condition
 * on records outside of the statement becomes one on their keys, which are fetched first.
 *
 * @throws `query.computed_filter`, `data.filter_too_deep`.
 */
export function rewriteFilters(run: QueryRun, entity: GraphEntity, source: Source, filters: unknown): Promise<Filters> {
  return new FilterRewrite(run, entity).rewrite(entity, source, filters, 0);
}

class FilterRewrite {
  constructor(
    private readonly run: QueryRun,
    private readonly root: GraphEntity,
  ) {}

  /** One part after another, so that a filter which contains itself ends at the first part that is too deep. */
  async rewrite(entity: GraphEntity, source: Source, filters: unknown, depth: number): Promise<Filters> {
    if (typeof filters !== "object" || filters === null) return filters as Filters;
    if (depth >= filterDepthLimit) throw dataErrors.filterTooDeep(this.root.name, filterDepthLimit);
    if (Array.isArray(filters)) {
      const parts: Filters[] = [];
      for (const part of filters) parts.push(await this.rewrite(entity, source, part, depth + 1));
      return parts as unknown as Filters;
    }
    const result: Record<string, unknown> = {};
    const conditions: Filters[] = [];
    for (const [key, value] of Object.entries(filters)) {
      const isGroup = key === "$and" || key === "$or" || key === "$not";
      const edge = isGroup || value === undefined || entity.spec?.propertyByName.has(key) ? undefined : entity.edges.get(key);
      if (isGroup) result[key] = await this.rewrite(entity, source, value, depth + 1);
      else if (!edge) result[key] = value;
      else if (edge.kind === "computed") throw queryErrors.computedFilter(entity.name, key, "filter");
      else if (edge.kind === "forward") conditions.push(await this.rewrite(entity, source, forwarded(edge.path, value), depth + 1));
      else if (!isSameCall(entity, source, edge)) conditions.push(await this.across(entity, source, edge, value, depth + 1));
      else result[key] = await this.alongside(source, edge, value, depth + 1);
    }
    if (!conditions.length) return result;
    const own = result.$and === undefined ? [] : [result.$and].flat();
    return { ...result, $and: [...own, ...conditions] };
  }

  /** A condition on records that come in the same call: only what it contains may lead elsewhere. */
  private async alongside(source: Source, edge: RecordEdge, value: unknown, depth: number): Promise<unknown> {
    const form = relationForm(edge.target, value);
    return form.kind === "filter" ? this.rewrite(edge.target, source, value, depth) : value;
  }

  /** A condition on records from elsewhere, as one on the keys that rows of `entity` hold. */
  private async across(entity: GraphEntity, source: Source, edge: RecordEdge, value: unknown, depth: number): Promise<Filters> {
    const form = relationForm(edge.target, value);
    if (form.kind === "nothing") return {};
    if (form.kind === "none") return { $not: await this.across(entity, source, edge, { $exists: true }, depth + 1) };
    // Over a link, its rows are asked, and they ask the records.
    if (edge.to === undefined) return this.rewrite(entity, source, nested(edge.steps ?? [], value), depth + 1);
    if (form.kind === "some") return this.held(entity, edge, await this.keysThere(entity, edge, edge.to));
    const condition = form.kind === "filter" ? form.filter : { [edge.target.primaryKey[0] ?? edge.to]: form.condition };
    const filters = await this.rewrite(edge.target, edge.target.source, condition, depth);
    return this.held(entity, edge, await this.values(edge.target, edge.to, filters));
  }

  /** Rows that hold one of the keys. A row without any does not: that is known, and so is its opposite. */
  private held(entity: GraphEntity, edge: RecordEdge, keys: readonly unknown[]): Filters {
    const isOne = { [edge.from]: holdsKeys(entity, edge) ? { $overlap: keys } : keys };
    const isNullable = entity.spec?.propertyByName.get(edge.from)?.nullable ?? false;
    return isNullable ? { $and: [{ [edge.from]: { $ne: null } }, isOne] } : isOne;
  }

  /** Of the keys that rows of `entity` hold, those that a record has: the one question that every source has to answer. */
  private async keysThere(entity: GraphEntity, edge: RecordEdge, to: string): Promise<unknown[]> {
    const held = await this.values(entity, edge.from, {});
    return held.length ? this.values(edge.target, to, { [to]: held }) : [];
  }

  /** The different values of a column of the records that satisfy a filter, from their own source; without null. */
  private async values(entity: GraphEntity, column: string, filters: Filters): Promise<unknown[]> {
    const { root } = planQuery(this.run.graph, entity, [column], noLimits);
    const { rows } = await runPlan(this.run, root, { filters, withDeleted: this.run.withDeleted });
    if (entity.source === "service") requireAskedKeys(entity, column, new Set(), rows);
    const values = rows.flatMap((row) => [row[column]].flat());
    return [...new Set(values.filter((value) => value !== null && value !== undefined))];
  }
}

/**
 * An order as the source of an entity understands it.
 *
 * @throws `query.computed_filter`, `query.remote_order`, `data.filter_too_deep`.
 */
export function rewriteOrder(entity: GraphEntity, source: Source, order: OrderBy, depth = 0): OrderBy {
  if (depth > orderDepthLimit) throw dataErrors.filterTooDeep(entity.name, orderDepthLimit);
  const result: Record<string, OrderBy[string]> = {};
  for (const [key, value] of Object.entries(order)) {
    const dot = key.indexOf(".");
    if (dot > 0) {
      const name = key.slice(0, dot);
      Object.assign(result, merged(result, rewriteOrder(entity, source, { [name]: { [key.slice(dot + 1)]: value } }, depth)));
      continue;
    }
    const edge = entity.spec?.propertyByName.has(key) ? undefined : entity.edges.get(key);
    if (!edge) result[key] = value;
    else if (edge.kind === "computed") throw queryErrors.computedFilter(entity.name, key, "order");
    else if (edge.kind === "forward") Object.assign(result, rewriteOrder(entity, source, nested(edge.path, value) as OrderBy, depth + 1));
    else if (!isSameCall(entity, source, edge)) throw queryErrors.remoteOrder(entity.name, key, sourceName(edge.target));
    else result[key] = typeof value === "object" && value !== null ? rewriteOrder(edge.target, source, value, depth + 1) : value;
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

/** A filter on a forwarded name. That there is none says nothing of what the path leads through. */
function forwarded(path: readonly string[], value: unknown): Record<string, unknown> {
  return isNone(value) ? { $not: nested(path, { $exists: true }) } : nested(path, value);
}

function nested(path: readonly string[], value: unknown): Record<string, unknown> {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Record<string, unknown>;
}
