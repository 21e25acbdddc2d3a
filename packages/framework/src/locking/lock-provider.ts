import type { SharedContext } from "@velella/kernel";

/** Who has a lock, or gives it back. */
export interface OwnerOptions {
  /**
   * Any text, of at most 800 characters, that names the owner wherever it acts, such as the id of a workflow's run; nobody in
   * particular by default.
   */
  ownerId?: string | null;
}

/** How a lock is acquired. */
export interface AcquireOptions extends OwnerOptions {
  /** Seconds after which the lock ends by itself; 0, the default, for never. */
  expire?: number;
  /** Seconds to wait for the lock; 0, the default, tries once. */
  timeout?: number;
  /** Seconds between tries while it waits; by default pauses that grow, up to 0.15. */
  retryInterval?: number;
}

/** How a job waits for its lock, and how long it may have it. */
export interface ExecuteOptions {
  /** Seconds to wait for the lock; 5 by default. With 0 it is tried once. */
  timeout?: number;
  /** Seconds after which the job loses the lock, done or not. By default, or with 0, it has the lock until it is done. */
  expire?: number;
}

/**
 * What is done under a lock.
 *
 * @param signal Aborted when the lock is lost before the job is done: then somebody else may be at it. The providers of
 *   the framework always give it.
 */
export type LockedJob<T> = (signal?: AbortSignal) => Promise<T>;

/** A kind of lock: what a provider of the module `locking` implements. What the methods do is said at `LockingService`. */
export interface LockProvider {
  execute<T>(keys: string | string[], job: LockedJob<T>, options?: ExecuteOptions, context?: SharedContext): Promise<T>;
  acquire(keys: string | string[], options?: AcquireOptions, context?: SharedContext): Promise<void>;
  release(keys: string | string[], options?: OwnerOptions, context?: SharedContext): Promise<boolean>;
  releaseAll(options?: OwnerOptions, context?: SharedContext): Promise<void>;
  /** Called when the app stops. */
  dispose?(): Promise<void>;
}
