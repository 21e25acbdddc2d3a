import type { LockStore } from "./lock-store";

interface Held {
  owner: string | null;
  /** On the clock of `performance.now()`; Infinity for never. */
  until: number;
}

const fewLocks = 1000;

/** Locks among the callers within one process, and gone with it. */
export class MemoryLockStore implements LockStore {
  private readonly locks = new Map<string, Held>();
  private sweepAbove = fewLocks;

  async take(keys: readonly string[], owner: string | null, lengthMs: number): Promise<string | undefined> {
    for (const key of keys) {
      const held = this.heldNow(key);
      if (held && (owner === null || held.owner !== owner)) return key;
    }
    if (this.locks.size >= this.sweepAbove) this.sweep();
    for (const key of keys) this.locks.set(key, held(owner, lengthMs));
    return undefined;
  }

  async extend(keys: readonly string[], owner: string, lengthMs: number): Promise<boolean> {
    if (keys.some((key) => this.heldNow(key)?.owner !== owner)) return false;
    for (const key of keys) this.locks.set(key, held(owner, lengthMs));
    return true;
  }

  async giveBack(keys: readonly string[], owner: string | null): Promise<boolean> {
    const own = keys.filter((key) => this.heldNow(key)?.owner === owner);
    for (const key of own) this.locks.delete(key);
    return own.length === keys.length;
  }

  async giveBackAll(owner: string | null): Promise<void> {
    for (const [key, lock] of this.locks) if (lock.owner === owner) this.locks.delete(key);
  }

  private heldNow(key: string): Held | undefined {
    const lock = this.locks.get(key);
    return lock && lock.until > performance.now() ? lock : undefined;
  }

  /** Forgets the locks that ended and that nobody asked for again. */
  private sweep(): void {
    for (const key of this.locks.keys()) if (!this.heldNow(key)) this.locks.delete(key);
    this.sweepAbove = Math.max(fewLocks, 2 * this.locks.size);
  }
}

function held(owner: string | null, lengthMs: number): Held {
  return { owner, until: lengthMs > 0 ? performance.now() + lengthMs : Infinity };
}
