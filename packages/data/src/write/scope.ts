import type { SqlExecutor } from "@velella/kernel";

/**
 * Where a write runs: in a transaction of its own, or as a part of the caller's. What fails leaves nothing behind, and
 * leaves the caller's transaction usable.
 */
export interface WriteScope {
  /** @param single True where the work is one statement, which needs no transaction around it. */
  write<T>(single: boolean, work: (executor: SqlExecutor) => Promise<T>): Promise<T>;
}

/** A row as services return it. */
export type Row = Record<string, unknown>;
