import type { SqlExecutor, SqlResult } from "@velella/kernel";
import { dataErrors, describe } from "../errors";
import { analyseFilters } from "../filters/analyse";
import { defaultEdges } from "../plan/edges";
import type { Filters, ReadRequest, ReadResult } from "../plan/read-plan";
import { dataErrorOf, withDataErrors } from "../sql/database-errors";
import { identityOf, PlanCache } from "../sql/plan-cache";
import type { CachedPlan } from "../sql/plan-cache";
import type { ModelSpec } from "../spec/model-spec";
import { compileCount, compileKeys, compileMatches, compileRead, countColumn, rowColumn } from "./compile";
import type { CountMode, ReadPlan } from "./compile";
import { estimateCount, exactLimit, recentEstimate } from "./count";
import { analyseOrder, orderShape } from "./order";
import { fieldShape, selectionOf } from "./selection";

const reads = new PlanCache<ReadPlan>(1000);
const countStatements = new PlanCache<string>(500);
const keys = new PlanCache<string>(500);

/**
 * Limits up to this are part of the statement. As a parameter a limit could be anything, so that PostgreSQL would plan
 * a prepared statement anew at each run, which takes as long as reading a page.
 */
const usualPage = 100;

/** A read that is ready to run. */
export interface PreparedRead {
  readonly read: CachedPlan<ReadPlan>;
  readonly params: readonly unknown[];
  readonly count: (() => CachedPlan<string>) | undefined;
  readonly countParams: readonly unknown[];
  /** The statement that gives all rows of the count, and what tells its filter from others. */
  readonly matches: () => string;
  readonly countKey: () => string;
}

/**
 * Runs a read: one statement whatever it selects, the count included, also where the page is empty or lies beyond the end.
 * Only an estimate, of more rows than are counted, takes one more.
 *
 * Rows hold Dates, bigNumbers as number beside `raw_<name>`, and relations as objects and lists; children come in the
 * order of their keys, unless `order` speaks of the relation. Deleted rows are hidden at every level, except with
 * `withDeleted`; a filter on `deleted_at` shows those of the model itself.
 *
 * @throws UnknownPropertyError for an unknown name in filter or order; AppError with a reason `data.…` for values that do not fit.
 */
export async function read<Row = Record<string, unknown>>(executor: SqlExecutor, request: ReadRequest): Promise<ReadResult<Row>> {
  let prepared = prepareRead(request);
  const estimate = request.count === "estimate" ? recentEstimate(executor, prepared.countKey) : undefined;
  if (estimate !== undefined) prepared = { ...prepareRead({ ...request, count: false }), count: prepared.count };
  const { read: plan, params, count, countParams } = prepared;
  let result: SqlResult<Record<string, unknown>>;
  try {
    result = await executor.query(plan.plan.text, params, plan.name);
  } catch (error) {
    throw dataErrorOf(error, request.spec, "read");
  }
  const [first] = result.rows;
  const rows = first?.[rowColumn] === null ? [] : (plan.plan.hydrate(result.rows) as Row[]);
  if (!count) return { rows };
  const skip = Number(request.skip ?? 0);
  const take = Number(request.take ?? Number.POSITIVE_INFINITY);
  const seen = skip + rows.length;
  if (rows.length > 0 && rows.length < take) return { rows, count: seen };
  if (rows.length > 0 && estimate !== undefined) return { rows, count: Math.max(estimate, seen), isEstimate: true };
  if (rows.length === 0 && skip === 0 && take > 0) return { rows, count: 0 };
  const counted = first?.[countColumn] ?? (await countRows(executor, count(), countParams));
  const found = Number(counted ?? 0);
  if (request.count !== "estimate" || found <= exactLimit) return { rows, count: found };
  const estimated = await estimateCount(executor, prepared.countKey, prepared.matches(), countParams);
  // A page that is empty lies beyond the end.
  return { rows, count: rows.length > 0 ? Math.max(estimated, seen) : Math.min(estimated, skip), isEstimate: true };
}

async function countRows(executor: SqlExecutor, { plan, name }: CachedPlan<string>, params: readonly unknown[]): Promise<unknown> {
  const { rows } = await executor.query<{ n: unknown }>(plan, params, name);
  return rows[0]?.n;
}

/** Checks a request and finds or compiles its statements, without running them. */
export function prepareRead(request: ReadRequest): PreparedRead {
  const { spec, fields, take, skip, edges = defaultEdges } = request;
  const filter = analyseFilters(spec, request.filters, edges);
  const order = analyseOrder(spec, request.order, edges);
  const withDeleted = request.withDeleted ?? false;
  const rootDeleted = request.filters?.deleted_at !== undefined;
  const params = [...filter.params];
  const limit = take === undefined || take === null ? undefined : page("take", take);
  const taken = limit === undefined ? undefined : limit <= usualPage ? String(limit) : `$${params.push(limit)}`;
  const skipped = (skip ?? 0) !== 0 ? `$${params.push(page("skip", skip))}` : undefined;
  const mode: CountMode = request.count === "estimate" ? "bounded" : "exact";
  const counts = request.count && (taken !== undefined || skipped !== undefined) ? mode : undefined;
  const base = `${identityOf(spec)}/${identityOf(edges)}/${withDeleted ? "d" : rootDeleted ? "r" : ""}/${filter.shape}`;
  const shape = { spec, condition: filter.condition, withDeleted, rootDeleted };
  const key = `${base}/${orderShape(order)}/${taken ?? ""}/${skipped ?? ""}/${counts ?? ""}/${fieldShape(spec, fields, edges)}`;
  return {
    read: reads.get(key, () =>
      compileRead({ ...shape, selection: selectionOf(spec, fields, edges), order, take: taken, skip: skipped, counts }),
    ),
    params,
    count: request.count ? () => countStatements.get(`${base}/${mode}`, () => compileCount(shape, mode)) : undefined,
    countParams: filter.params,
    matches: () => compileMatches(shape),
    countKey: () => `${base}/${JSON.stringify(filter.params)}`,
  };
}

/** How {@link readKeys} reads. */
export interface ReadKeysOptions {
  /** Also soft-deleted rows. Default: false, unless the filter has `deleted_at`. */
  readonly withDeleted?: boolean;
  /** Keeps the rows from being changed or deleted by others until the transaction ends. */
  readonly lock?: boolean;
  /** Makes the error for a filter that holds for every row. */
  readonly onEveryRow?: () => Error;
}

/** The primary keys of the rows that satisfy a filter, as rows of nothing but these. Deleted rows are left out, except with `withDeleted` or a filter on `deleted_at`. */
export async function readKeys(
  executor: SqlExecutor,
  spec: ModelSpec,
  filters: Filters,
  { withDeleted = false, lock = false, onEveryRow }: ReadKeysOptions = {},
): Promise<Record<string, unknown>[]> {
  const filter = analyseFilters(spec, filters, defaultEdges);
  if (!filter.condition && onEveryRow) throw onEveryRow();
  const rootDeleted = filters.deleted_at !== undefined;
  const shape = `${identityOf(spec)}/${withDeleted ? "d" : rootDeleted ? "r" : ""}${lock ? "l" : ""}/${filter.shape}`;
  const { plan, name } = keys.get(shape, () => compileKeys({ spec, condition: filter.condition, withDeleted, rootDeleted }, lock));
  const { rows } = await withDataErrors(spec, "read", () => executor.query(plan, filter.params, name));
  return rows;
}

function page(name: string, value: unknown): number {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0) throw dataErrors.badPage(name, describe(value));
  return number;
}
