import type { SharedContext } from "@velella/kernel";

/** Who takes a lock, and for how long. */
export interface AcquireOptions {
  /** Whoever names the same owner again gets the lock again; without an owner nobody does. */
  ownerId?: string | null;
  /** Seconds after which the lock is free by itself; never by default. */
  expire?: number;
}

/** Who holds the locks in question; those that were taken without an owner by default. */
export interface OwnerOptions {
  ownerId?: string | null;
}

/** How long `execute` waits for its turn, and how long the turn may last. */
export interface ExecuteOptions {
  /** Seconds to wait for the lock; 5 by default, 0 tries once. */
  timeout?: number;
  /** Seconds after which the lock is free although the job still runs; by default it is kept as long as the job runs. */
  expire?: number;
}

/** Work under a lock. The signal is aborted when the lock is lost before the work is done. */
export type LockedJob<T> = (signal?: AbortSignal) => Promise<T>;

/** What keeps locks: the interface of lock providers, the framework's and an app's own. */
export interface LockProvider {
  /** Runs a job while nobody else has any of the keys, and gives its result. */
  execute<T>(keys: string | string[], job: LockedJob<T>, options?: ExecuteOptions, context?: SharedContext): Promise<T>;
  /** Takes all keys, or none of them and throws. */
  acquire(keys: string | string[], options?: AcquireOptions, context?: SharedContext): Promise<void>;
  /** Gives back those keys that the owner has; true when those were all. */
  release(keys: string | string[], options?: OwnerOptions, context?: SharedContext): Promise<boolean>;
  /** Gives back everything that the owner has. */
  releaseAll(options?: OwnerOptions, context?: SharedContext): Promise<void>;
  /** Closes what the provider opened. */
  dispose?(): Promise<void>;
}
