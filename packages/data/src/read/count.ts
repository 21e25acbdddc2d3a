import type { SqlExecutor } from "@velella/kernel";

/** With `count: "estimate"` a count is exact up to this many rows. */
export const exactLimit = 10_000;

/** How long a filter that matched more than the limit is taken to still do so, and how many such filters are remembered. */
const rememberedMs = 10_000;
const rememberedFilters = 1_000;

interface LargeCount {
  readonly estimate: number;
  readonly until: number;
}

/** By executor: what one transaction sees, or another database holds, says nothing about this one. */
const largeCounts = new WeakMap<SqlExecutor, Map<string, LargeCount>>();

/**
 * The estimate for a filter that was seen to match more than {@link exactLimit} rows a short while ago. Counting that far
 * takes longer than reading a page, and so is not done for every page of the same list.
 *
 * @param filter What tells the filter from all others.
 */
export function recentEstimate(executor: SqlExecutor, filter: () => string): number | undefined {
  const known = largeCounts.get(executor);
  if (!known) return undefined;
  const key = filter();
  const found = known.get(key);
  if (found && found.until > performance.now()) return found.estimate;
  known.delete(key);
  return undefined;
}

/**
 * What PostgreSQL's statistics say of how many rows a statement gives; more than {@link exactLimit}, since that far they
 * were counted.
 *
 * @param text A statement that gives the rows.
 */
export async function estimateCount(
  executor: SqlExecutor,
  filter: () => string,
  text: string,
  params: readonly unknown[],
): Promise<number> {
  const { rows } = await executor.query<{ "QUERY PLAN": [{ Plan: { "Plan Rows": number } }] }>(`explain (format json) ${text}`, params);
  const estimate = Math.max(rows[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0, exactLimit + 1);
  let known = largeCounts.get(executor);
  if (!known) largeCounts.set(executor, (known = new Map()));
  if (known.size >= rememberedFilters) known.delete(known.keys().next().value as string);
  known.set(filter(), { estimate, until: performance.now() + rememberedMs });
  return estimate;
}
