/** The few things that differ between places where locks are kept. Each is one atomic operation there. */
export interface LockStore {
  /**
   * Takes all keys for an owner, or none. What the owner has already is taken again, with the new expiry.
   *
   * @param owner Null for nobody in particular: such a lock is nobody's to take again.
   * @param ttlMs Milliseconds until the lock is free by itself; 0 for never.
   * @returns A key that somebody has; undefined when all are taken now.
   */
  take(keys: readonly string[], owner: string | null, ttlMs: number): Promise<string | undefined>;
  /** Puts the expiry of all keys off; false when the owner does not have all of them any more. */
  renew(keys: readonly string[], owner: string, ttlMs: number): Promise<boolean>;
  /** Frees those keys that the owner has; true when those were all. */
  drop(keys: readonly string[], owner: string | null): Promise<boolean>;
  /** Frees everything that the owner has. */
  dropAll(owner: string | null): Promise<void>;
  /** Resolves when one of the keys may have become free, at the latest after the time given; polling when absent. */
  freed?(keys: readonly string[], ms: number): Promise<void>;
  /** Closes what the store opened. */
  close?(): Promise<void>;
}
