import { queryErrors } from "./errors";
import { filterDepthLimit } from "./filter-forms";
import type { GraphEntity } from "./graph";
import type { MissingRecord } from "./missing-records";
import { sourceName } from "./service-source";

/** The primary key values that a filter demands, or undefined where it demands none. */
export function keyFilter(entity: GraphEntity, filters: unknown, depth = 0): { key: string; values: unknown[] } | undefined {
  if (typeof filters !== "object" || filters === null || Array.isArray(filters)) return undefined;
  for (const key of entity.primaryKey) {
    if (!Object.hasOwn(filters, key)) continue;
    const value = (filters as Record<string, unknown>)[key];
    if (value === undefined) throw queryErrors.keyMissing(entity.name, key);
    const values = valuesOf(value);
    if (values) return { key, values };
  }
  const { $and } = filters as { $and?: unknown };
  // As deep as filters may be, since one may contain itself; that it is too deep is told where it is compiled.
  return depth > filterDepthLimit ? undefined : firstOf([$and].flat(), (part) => keyFilter(entity, part, depth + 1));
}

/**
 * Refuses keys without a record.
 *
 * @throws `query.key_not_found`: `Artist id not found: art_1`
 */
export function requireKeys(entity: GraphEntity, key: string, wanted: readonly unknown[], found: Iterable<unknown>): void {
  const present = new Set(found);
  const missing = wanted.filter((value) => !present.has(value));
  if (missing.length) throw queryErrors.keyNotFound(entity.name, key, missing.join(", "));
}

/**
 * Refuses links to records that are not there.
 *
 * @param only Names of links, or modules, that are meant; `true` for all.
 */
export function requireRecords(missing: readonly MissingRecord[], only: boolean | readonly string[]): void {
  const meant = missing.filter(({ edge, entity }) => typeof only === "boolean" || only.includes(edge.name) || only.includes(entity.module));
  const [first] = meant;
  if (!first) return;
  const values = new Set(meant.filter(({ entity, key }) => entity === first.entity && key === first.key).map(({ value }) => value));
  const { entity, key } = first;
  const list = [...values].join(", ");
  throw entity.source === "service"
    ? queryErrors.recordsMissing(sourceName(entity), entity.name, key, list)
    : queryErrors.keyNotFound(entity.name, key, list);
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return undefined;
}

function valuesOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null) return value === null ? undefined : [value];
  const { $eq, $in } = value as { $eq?: unknown; $in?: unknown };
  if ($eq !== undefined) return valuesOf($eq);
  return Array.isArray($in) ? $in : undefined;
}
