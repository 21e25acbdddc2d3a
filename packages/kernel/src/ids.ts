import { monotonicFactory } from "ulid";

const ulid = monotonicFactory();

/** A new ULID, sortable by time of creation; with a prefix `prefix_ULID`. */
export function generateId(prefix?: string): string {
  return prefix ? `${prefix}_${ulid()}` : ulid();
}

/** The id that was given, or a new one with the prefix. */
export function generateEntityId(id?: string | null, prefix?: string): string {
  return id || generateId(prefix);
}
