import { randomFillSync } from "node:crypto";
import { monotonicFactory } from "ulid";

// Asking the system for randomness takes longer than all the rest of an id, so it is done for many ids at once.
const pool = new Uint8Array(4096);
let used = pool.length;

const ulid = monotonicFactory(() => {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  // The library takes 5 bits of each number, so that those of a byte suffice.
  return (pool[used++] as number) / 256;
});

/** A new ULID, sortable by time of creation; with a prefix `prefix_ULID`. */
export function generateId(prefix?: string): string {
  return prefix ? `${prefix}_${ulid()}` : ulid();
}

/** The id that was given, or a new one with the prefix. */
export function generateEntityId(id?: string | null, prefix?: string): string {
  return id || generateId(prefix);
}
