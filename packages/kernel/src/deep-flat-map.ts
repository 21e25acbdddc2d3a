/** What the callback of {@link deepFlatMap} gets: the record at each part of the path, and the root as `root_`. */
export type FlatMapContext = Record<string, unknown>;

/**
 * Walks a dotted path through nested records and lists, and calls back once per leaf.
 *
 * @returns What the callback returned, flattened by one level.
 * @example
 * deepFlatMap(order, "items.adjustments", ({ root_, items, adjustments }) => …)
 */
export function deepFlatMap<T>(data: unknown, path: string, callback: (context: FlatMapContext) => T | T[]): T[] {
  const parts = path.split(".");
  const results: T[] = [];
  const visit = (value: unknown, depth: number, context: FlatMapContext) => {
    const part = parts[depth];
    if (part === undefined) return void results.push(...([callback(context)].flat() as T[]));
    const next = (value as Record<string, unknown> | null | undefined)?.[part];
    if (next === undefined || next === null) return;
    for (const item of Array.isArray(next) ? (next as unknown[]) : [next]) visit(item, depth + 1, { ...context, [part]: item });
  };
  for (const root of Array.isArray(data) ? (data as unknown[]) : [data]) visit(root, 0, { root_: root });
  return results;
}
