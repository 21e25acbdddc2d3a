import type { LockStore } from "./lock-store";

interface Held {
  owner: string | null;
  /** On the clock of `performance.now()`; absent for never. */
  until?: number;
}

/** Locks among the callers within one process. */
export class MemoryLockStore implements LockStore {
  private readonly locks = new Map<string, Held>();
  private readonly waiting = new Map<string, Set<() => void>>();

  async take(keys: readonly string[], owner: string | null, ttlMs: number): Promise<string | undefined> {
    for (const key of keys) {
      const held = this.heldNow(key);
      if (held && (owner === null || held.owner !== owner)) return key;
    }
    for (const key of keys) this.locks.set(key, held(owner, ttlMs));
    return undefined;
  }

  async renew(keys: readonly string[], owner: string, ttlMs: number): Promise<boolean> {
    if (keys.some((key) => this.heldNow(key)?.owner !== owner)) return false;
    for (const key of keys) this.locks.set(key, held(owner, ttlMs));
    return true;
  }

  async drop(keys: readonly string[], owner: string | null): Promise<boolean> {
    const own = keys.filter((key) => this.heldNow(key)?.owner === owner);
    for (const key of own) this.free(key);
    return own.length === keys.length;
  }

  async dropAll(owner: string | null): Promise<void> {
    for (const [key, lock] of this.locks) if (lock.owner === owner) this.free(key);
  }

  freed(keys: readonly string[], ms: number): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        for (const key of keys) {
          const waiters = this.waiting.get(key);
          waiters?.delete(settle);
          if (waiters?.size === 0) this.waiting.delete(key);
        }
        resolve();
      };
      const timer = setTimeout(settle, ms);
      for (const key of keys) this.waiting.set(key, (this.waiting.get(key) ?? new Set()).add(settle));
    });
  }

  /** What is held; a lock whose time is over is forgotten. */
  private heldNow(key: string): Held | undefined {
    const lock = this.locks.get(key);
    if (!lock || lock.until === undefined || lock.until > performance.now()) return lock;
    this.locks.delete(key);
    return undefined;
  }

  private free(key: string): void {
    this.locks.delete(key);
    for (const settle of [...(this.waiting.get(key) ?? [])]) settle();
  }
}

function held(owner: string | null, ttlMs: number): Held {
  return ttlMs > 0 ? { owner, until: performance.now() + ttlMs } : { owner };
}
