import { read } from "@velella/data";
import type { FieldTree, Filters, OrderBy } from "@velella/data";
import type { Container, SharedContext, SqlExecutor } from "@velella/kernel";
import { queryErrors } from "./errors";
import type { Graph, RecordEdge } from "./graph";
import { edgeName } from "./plan";
import type { PlanBranch, PlanComputed, PlanNode } from "./plan";
import { missingRecords } from "./missing-records";
import type { MissingRecord } from "./missing-records";
import { listAndCountFromService, listFromService, requireAskedKeys, requireObjects } from "./service-source";

type Row = Record<string, unknown>;

/** Which rows of the root are asked for. */
export interface RowRequest {
  readonly filters: Filters;
  readonly order?: OrderBy;
  readonly take?: number;
  readonly skip?: number;
  readonly withDeleted?: boolean;
  readonly count?: boolean | "estimate";
}

/** Rows of a source, and how many there are without `take` and `skip`. */
interface FetchedRows {
  readonly rows: Row[];
  readonly count: number | undefined;
  /** True where `count` is an estimate. */
  readonly isEstimate: boolean;
}

/** What a run of a plan works with. */
export interface QueryRun {
  readonly graph: Graph;
  readonly container: Container;
  /** Where statements run: the pool, or a transaction. */
  readonly executor: SqlExecutor;
  /** The `context` of the query. */
  readonly context: unknown;
  readonly withDeleted: boolean | undefined;
  /** Given on to services, so that they join its transaction. */
  readonly sharedContext: SharedContext | undefined;
  /** Takes keys that refer to records which are not there, where the query wants to know. */
  readonly missing?: MissingRecord[];
}

/** Runs a plan: fetches the rows of the root and completes them. */
export async function runPlan(run: QueryRun, root: PlanNode, request: RowRequest): Promise<FetchedRows> {
  const fetched = await fetchRows(run, root, request);
  if (root.works) await complete(run, root, fetched.rows);
  return fetched;
}

/** The rows of a node with all that comes in the same call. */
async function fetchRows(run: QueryRun, node: PlanNode, request: RowRequest): Promise<FetchedRows> {
  const { entity } = node;
  if (node.source === "sql") {
    const result = await read(run.executor, { spec: entity.spec!, fields: fieldTree(node), edges: run.graph.edges, ...request });
    return { rows: result.rows, count: result.count, isEstimate: result.isEstimate ?? false };
  }
  const { count, ...rest } = request;
  const call = { ...rest, ...selection(node) };
  const [rows, total] = count
    ? await listAndCountFromService(entity, call, run.sharedContext)
    : [await listFromService(entity, call, run.sharedContext), undefined];
  return { rows: rows.map((row) => projected(node, row)), count: total, isEstimate: false };
}

/** A copy of a service's row with what the plan asks for: services are free to return more, and to keep what they return. */
function projected(node: PlanNode, row: Row): Row {
  const result: Row = {};
  if (node.columns.has("*")) Object.assign(result, row);
  else for (const name of node.columns) if (Object.hasOwn(row, name)) result[name] = row[name];
  for (const [name, { node: inner }] of node.inline) {
    const value = row[edgeName(name)];
    if (Array.isArray(value)) result[name] = requireObjects(inner.entity, value).map((item) => projected(inner, item));
    else if (value === null) result[name] = null;
    else if (value !== undefined) result[name] = projected(inner, requireObjects(inner.entity, [value])[0]!);
  }
  return result;
}

const trees = new WeakMap<PlanNode, FieldTree>();

/** What the SQL compiler gets of a node; made once, so that it is the same object for every run of a plan. */
export function fieldTree(node: PlanNode): FieldTree {
  let tree = trees.get(node);
  if (!tree) {
    tree = { scalars: node.columns, relations: new Map([...node.inline].map(([name, branch]) => [name, fieldTree(branch.node)])) };
    trees.set(node, tree);
  }
  return tree;
}

/** What a service's `list` gets of a node: columns and relations, also nested ones as paths. */
function selection(node: PlanNode): { select: string[] | undefined; relations: string[] } {
  const select: string[] = [];
  const relations: string[] = [];
  let all = false;
  const walk = (current: PlanNode, prefix: string) => {
    if (current.columns.has("*")) all = true;
    for (const column of current.columns) select.push(prefix + column);
    for (const [name, branch] of current.inline) {
      const path = prefix + edgeName(name);
      relations.push(path);
      walk(branch.node, `${path}.`);
    }
  };
  walk(node, "");
  return { select: all ? undefined : select, relations };
}

/** Fetches what is outside of the first call, and makes rows into what was asked for. Changes the rows. */
async function complete(run: QueryRun, node: PlanNode, rows: Row[]): Promise<void> {
  if (!node.works || rows.length === 0) return;
  const jobs: Promise<void>[] = [];
  for (const [name, branch] of node.inline) {
    if (branch.node.works)
      jobs.push(
        complete(
          run,
          branch.node,
          rows.flatMap((row) => asRows(row[name])),
        ),
      );
  }
  for (const [name, branch] of node.crossings) jobs.push(cross(run, name, branch, rows));
  for (const [name, computed] of node.computed) jobs.push(compute(run, node, name, computed, rows));
  await Promise.all(jobs);

  for (const [name, { edge }] of node.inline) {
    if (edge.many === "auto") for (const row of rows) attach(row, name, edge, asRows(row[name]));
  }
  for (const [name, { path, many }] of node.forwards) {
    for (const row of rows) {
      const values = follow(row, path);
      if (many) row[name] = values;
      else if (values.length) row[name] = values[0];
    }
  }
  if (run.missing) run.missing.push(...missingRecords(node, rows));
  if (node.hidden.size) for (const row of rows) for (const name of node.hidden) delete row[name];
}

/** One call for the other end of an edge, for all rows. */
async function cross(run: QueryRun, name: string, { edge, node }: PlanBranch, rows: readonly Row[]): Promise<void> {
  const keys = new Set(rows.flatMap((row) => keysOf(row[edge.from])));
  const found = new Map<unknown, Row[]>();
  if (keys.size) {
    const to = edge.to!;
    const fetched = await fetchRows(run, node, { filters: { [to]: [...keys] }, withDeleted: run.withDeleted });
    if (node.source === "service") requireAskedKeys(node.entity, to, keys, fetched.rows);
    for (const row of fetched.rows) {
      for (const key of keysOf(row[to])) {
        const group = found.get(key);
        if (group) group.push(row);
        else found.set(key, [row]);
      }
    }
    await complete(run, node, fetched.rows);
  }
  const used = new Set<Row>();
  for (const row of rows) {
    const others = keysOf(row[edge.from]).flatMap((key) => found.get(key) ?? []);
    // Each place gets an object of its own, so that changing one does not change another.
    attach(
      row,
      name,
      edge,
      others.map((other) => (used.has(other) ? { ...other } : (used.add(other), other))),
    );
  }
}

function attach(row: Row, name: string, edge: RecordEdge, others: Row[]): void {
  if (edge.many === true || (edge.many === "auto" && others.length > 1)) row[name] = others;
  else if (others.length) row[name] = others[0];
  else delete row[name];
}

async function compute(run: QueryRun, node: PlanNode, name: string, computed: PlanComputed, rows: Row[]): Promise<void> {
  const { join } = computed.edge;
  const context = valueAt(run.context, computed.contextPath);
  const values = await join.load(rows, { fields: [...computed.fields], context, container: run.container });
  const source = `${node.entity.module}.${name}`;
  if (!Array.isArray(values) || values.length !== rows.length) {
    const got = Array.isArray(values) ? `${values.length} values` : typeof values;
    throw queryErrors.sourceShape(source, node.entity.name, `one value for each of ${rows.length} rows`, got);
  }
  rows.forEach((row, i) => {
    const value: unknown = values[i];
    if (value !== undefined) row[name] = picked(value, computed.fields);
  });
}

/** Of a computed object, the fields that were asked for. */
function picked(value: unknown, fields: ReadonlySet<string>): unknown {
  if (fields.has("*") || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => picked(item, fields));
  const result: Row = {};
  const below = new Map<string, Set<string>>();
  for (const field of fields) {
    const dot = field.indexOf(".");
    const name = dot < 0 ? field : field.slice(0, dot);
    if (!Object.hasOwn(value, name)) continue;
    const nested = below.get(name) ?? new Set();
    nested.add(dot < 0 ? "*" : field.slice(dot + 1));
    below.set(name, nested);
  }
  for (const [name, nested] of below) result[name] = picked((value as Row)[name], nested);
  return result;
}

function follow(row: Row, path: readonly string[]): unknown[] {
  let values: unknown[] = [row];
  for (const name of path) {
    values = values.flatMap((value) => {
      const next = (value as Row)[name];
      return next === undefined || next === null ? [] : next;
    });
  }
  return values;
}

function valueAt(context: unknown, path: readonly string[]): unknown {
  let value = context;
  for (const name of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Row)[name];
  }
  return value;
}

const asRows = (value: unknown): Row[] => (value === undefined || value === null ? [] : ([value].flat() as Row[]));

const keysOf = (value: unknown): unknown[] => (value === undefined || value === null ? [] : [value].flat());
