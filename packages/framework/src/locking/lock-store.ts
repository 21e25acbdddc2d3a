/**
 * Where locks are kept: three acts, each of them one atomic step for everybody who uses the same place. Waiting, owners
 * of jobs and the keeping of leases are built on these by `StoreLockProvider`.
 *
 * A lock is a key with an owner and an end. A lock whose end has passed, by the clock of the store, is no lock any more.
 * `owner` null is nobody in particular: such a lock can be given back by anyone who names no owner, and is never taken
 * again while it is held. Lists of keys have at least one key, and each key once.
 */
export interface LockStore {
  /**
   * Takes all keys or none. A key that the same owner holds counts as free, and gets the new length.
   *
   * @param lengthMs Whole milliseconds from now until the lock ends; 0 for a lock without an end.
   * @returns Undefined when all were taken, otherwise the first of the keys that somebody else holds.
   */
  take(keys: readonly string[], owner: string | null, lengthMs: number): Promise<string | undefined>;

  /**
   * Puts off the end of locks, of all or none.
   *
   * @param lengthMs Whole milliseconds from now until the locks end, more than 0.
   * @returns False when the owner does not hold all of them any more; none is changed then.
   */
  extend(keys: readonly string[], owner: string, lengthMs: number): Promise<boolean>;

  /**
   * Gives back those of the keys that the owner holds.
   *
   * @returns Whether those were all of the keys.
   */
  giveBack(keys: readonly string[], owner: string | null): Promise<boolean>;

  /** Gives back everything that an owner holds; with null, what is held by nobody in particular. */
  giveBackAll(owner: string | null): Promise<void>;

  /** Closes what the store itself opened. Locks stay. */
  close?(): Promise<void>;
}
