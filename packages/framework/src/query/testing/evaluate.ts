import type { Filters, OrderBy } from "@velella/data";
import type { GraphConfig } from "../query";
import type { PlainEdge, PlainModel, PlainRow, RandomGraph } from "./random-graph";

/**
 * Answers a query by brute force over rows in memory: what `query.graph` has to return. It shares no code with the
 * planner or the SQL compiler. Conditions know three values, as SQL does: true, false, and unknown (null).
 */
export function evaluate(graph: RandomGraph, config: GraphConfig & { fields: string[] }): { data: unknown[]; count: number } {
  const root = [...graph.models.values()].find((model) => model.entity === config.entity)!;
  const chosen = graph.rows
    .get(root.name)!
    .filter((row) => row.deleted_at === null && holds(graph, root, row, config.filters ?? {}) === true);
  const { skip = 0, take, order = {} } = config.pagination ?? {};
  const terms = termsOf(order);
  const sorted = chosen.toSorted((a, b) => compareRows(graph, root, a, b, terms));
  const page = sorted.slice(skip, take === undefined || take === null ? undefined : skip + take);
  const tree = treeOf(config.fields);
  return { data: page.map((row) => shape(graph, root, row, tree, true, terms)), count: chosen.length };
}

type Truth = boolean | null;
const not = (value: Truth): Truth => (value === null ? null : !value);
const all = (values: Truth[]): Truth => (values.includes(false) ? false : values.includes(null) ? null : true);
const any = (values: Truth[]): Truth => not(all(values.map(not)));

function holds(graph: RandomGraph, model: PlainModel, row: PlainRow, filters: Filters): Truth {
  return all(
    Object.entries(filters).map(([key, value]) => {
      if (key === "$and") return all((value as Filters[]).map((part) => holds(graph, model, row, part)));
      if (key === "$or") return any((value as Filters[]).map((part) => holds(graph, model, row, part)));
      if (key === "$not") return isNothing(graph, model, value as Filters) ? true : not(holds(graph, model, row, value as Filters));
      const edge = model.edges.get(key);
      if (!edge) return condition(row[key], value);
      const others = related(graph, row, edge);
      if (value === null) return others.length === 0;
      if (Array.isArray(value)) return others.some((other) => value.includes(other.id));
      const target = graph.models.get(edge.target)!;
      const { $exists } = value as { $exists?: boolean };
      if ($exists !== undefined) return others.length > 0 === $exists;
      if (isNothing(graph, target, value as Filters)) return true;
      return others.some((other) => holds(graph, target, other, value as Filters) === true);
    }),
  );
}

/** Whether a filter names no condition: then it demands nothing, not even that there be a record, and its opposite neither. */
function isNothing(graph: RandomGraph, model: PlainModel, filters: Filters): boolean {
  return Object.entries(filters).every(([key, value]) => {
    if (key === "$and") return (value as Filters[]).every((part) => isNothing(graph, model, part));
    if (key === "$or") return (value as Filters[]).some((part) => isNothing(graph, model, part));
    if (key === "$not") return isNothing(graph, model, value as Filters);
    const edge = model.edges.get(key);
    const isFilter = typeof value === "object" && value !== null && !Array.isArray(value) && !("$exists" in value);
    return edge !== undefined && isFilter && isNothing(graph, graph.models.get(edge.target)!, value as Filters);
  });
}

function condition(actual: unknown, value: unknown): Truth {
  if (value === null) return actual === null;
  if (Array.isArray(value)) return operator(actual, "$in", value);
  if (typeof value !== "object") return operator(actual, "$eq", value);
  return all(Object.entries(value).map(([name, operand]) => operator(actual, name, operand)));
}

function operator(actual: unknown, name: string, operand: unknown): Truth {
  if (name === "$ne" && operand === null) return actual !== null;
  if (name === "$eq" && operand === null) return actual === null;
  if (name === "$in" || name === "$nin") {
    const list = operand as unknown[];
    const listed = list.filter((item) => item !== null);
    const isIn = any([actual === null ? null : listed.includes(actual), ...(list.includes(null) ? [actual === null] : [])]);
    return name === "$in" ? isIn : not(isIn);
  }
  if (actual === null) return null;
  const [a, b] = [actual as string | number | boolean, operand as string | number | boolean];
  switch (name) {
    case "$eq":
      return a === b;
    case "$ne":
      return a !== b;
    case "$gt":
      return a > b;
    case "$gte":
      return a >= b;
    case "$lt":
      return a < b;
    case "$lte":
      return a <= b;
    default:
      return new RegExp(`^${String(b).replaceAll("%", ".*").replaceAll("_", ".")}$`).test(String(a));
  }
}

/** Rows at the other end of an edge, in the order of their keys. */
function related(graph: RandomGraph, row: PlainRow, edge: PlainEdge): PlainRow[] {
  const live = graph.rows.get(edge.target)!.filter((other) => other.deleted_at === null);
  if (edge.kind === "parent") return live.filter((other) => other.id === row[edge.foreignKey!]);
  if (edge.kind === "children") return live.filter((other) => other[edge.foreignKey!] === row.id);
  if (edge.kind === "reference") return live.filter((other) => other.id === row[edge.foreignKey!]);
  if (edge.kind === "rows") return live.filter((other) => other[edge.foreignKey!] === row.id);
  if (edge.kind === "pivot") {
    const { table, own, other: key } = edge.pivot!;
    const ids = new Set(graph.pivotRows.get(table)!.flatMap((pivot) => (pivot[own] === row.id ? [pivot[key]] : [])));
    return live.filter((other) => ids.has(other.id));
  }
  const { table, left, right } = edge.link!;
  const [here, there] = edge.isLeft ? [left, right] : [right, left];
  const ids = new Set(
    graph.linkRows.get(table)!.flatMap((link) => (link.deleted_at === null && link[here.key] === row.id ? [link[there.key]] : [])),
  );
  return live.filter((other) => ids.has(other.id));
}

interface Term {
  path: string[];
  scalar: string;
  descending: boolean;
  nullsFirst: boolean;
}

function termsOf(order: OrderBy, path: string[] = []): Term[] {
  return Object.entries(order).flatMap(([key, value]) =>
    typeof value === "object" ? termsOf(value, [...path, key]) : [{ path, scalar: key, ...directionOf(String(value)) }],
  );
}

/** Null counts as greater than everything, as in PostgreSQL, unless its place is stated. */
function directionOf(text: string): Pick<Term, "descending" | "nullsFirst"> {
  const descending = /^desc/i.test(text);
  return { descending, nullsFirst: /nulls/i.test(text) ? /first/i.test(text) : descending };
}

function compareRows(graph: RandomGraph, model: PlainModel, a: PlainRow, b: PlainRow, terms: readonly Term[]): number {
  for (const term of terms) {
    const compared = compareValues(sortValue(graph, model, a, term.path, term), sortValue(graph, model, b, term.path, term), term);
    if (compared !== 0) return compared;
  }
  return a.id < b.id ? -1 : 1;
}

/** The value that a row is sorted by; over a list, the one that comes first. */
function sortValue(graph: RandomGraph, model: PlainModel, row: PlainRow, path: readonly string[], term: Term): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return row[term.scalar];
  const edge = model.edges.get(name)!;
  const target = graph.models.get(edge.target)!;
  const values = related(graph, row, edge).map((other) => sortValue(graph, target, other, rest, term));
  return values.toSorted((a, b) => compareValues(a, b, term))[0] ?? null;
}

function compareValues(a: unknown, b: unknown, { descending, nullsFirst }: Term): number {
  if (a === b) return 0;
  if (a === null || b === null) return (a === null) === nullsFirst ? -1 : 1;
  return (a as string) < (b as string) === descending ? 1 : -1;
}

interface Tree {
  leaves: Set<string>;
  branches: Map<string, Tree>;
}

function treeOf(fields: readonly string[]): Tree {
  const root: Tree = { leaves: new Set(), branches: new Map() };
  for (const field of fields) {
    const path = field.split(".");
    let node = root;
    for (const name of path.slice(0, -1)) {
      if (!node.branches.has(name)) node.branches.set(name, { leaves: new Set(), branches: new Map() });
      node = node.branches.get(name)!;
    }
    node.leaves.add(path.at(-1)!);
  }
  return root;
}

function shape(graph: RandomGraph, model: PlainModel, row: PlainRow, tree: Tree, isRoot: boolean, order: readonly Term[]): unknown {
  const result: Record<string, unknown> = isRoot ? {} : Object.fromEntries(model.key.map((name) => [name, row[name]]));
  for (const leaf of tree.leaves) if (Object.hasOwn(row, leaf)) result[leaf] = row[leaf];
  for (const [name, below] of tree.branches) {
    const edge = model.edges.get(name)!;
    const target = graph.models.get(edge.target)!;
    // Over a link, the key that it goes by is part of the answer.
    if (edge.kind === "link" || edge.kind === "rows") result.id = row.id;
    if (edge.kind === "reference") result[edge.foreignKey!] = row[edge.foreignKey!];
    const inner = order.filter((term) => term.path[0] === name).map((term) => ({ ...term, path: term.path.slice(1) }));
    const others = related(graph, row, edge)
      .toSorted((a, b) => compareRows(graph, target, a, b, inner))
      .map((other) => shape(graph, target, other, below, false, inner));
    if (edge.many) result[name] = others;
    else if (others.length) result[name] = others[0];
    else if (edge.kind === "parent") result[name] = null;
  }
  return isRoot && tree.branches.size === 0 && Object.keys(result).length === 0 ? null : result;
}
