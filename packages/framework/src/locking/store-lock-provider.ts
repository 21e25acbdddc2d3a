import type { Logger } from "@velella/kernel";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { lockErrors } from "./errors";
import { Lease } from "./lease";
import type { AcquireOptions, ExecuteOptions, LockedJob, LockProvider, OwnerOptions } from "./lock-provider";
import type { LockStore } from "./lock-store";

/** How a provider holds the locks of running jobs. */
export interface LeaseSettings {
  /**
   * Milliseconds after which the locks of a process that is gone are free; renewed while a job runs.
   * 0 where locks end with the process anyway.
   */
  leaseMs: number;
}

const firstPauseMs = 10;
const longestPauseMs = 200;
const defaultTimeout = 5;

/** Waiting, leases and owners, the same for every place where locks are kept. */
export class StoreLockProvider implements LockProvider {
  constructor(
    private readonly store: LockStore,
    private readonly settings: LeaseSettings,
    private readonly logger: Logger,
  ) {}

  /**
   * Runs a job under locks that nobody else has meanwhile.
   *
   * @throws `locking.not_acquired` when the time to wait is over; `locking.lost` when the job is done but the lock
   *   was not held until then.
   */
  async execute<T>(keys: string | string[], job: LockedJob<T>, options: ExecuteOptions = {}): Promise<T> {
    const wanted = listOf(keys);
    const endMs = milliseconds("expire", options.expire);
    const { leaseMs } = this.settings;
    const owner = `job:${randomUUID()}`;
    await this.takeInTime(wanted, owner, endMs || leaseMs, milliseconds("timeout", options.timeout ?? defaultTimeout));
    const lease = new Lease(this.store, wanted, owner, endMs ? { endMs } : leaseMs ? { renewMs: leaseMs } : undefined);
    let result: T;
    try {
      result = await job(lease.signal);
    } finally {
      lease.stop();
      await this.giveBack(wanted, owner);
    }
    if (lease.signal.aborted) throw lease.signal.reason;
    return result;
  }

  /**
   * Takes all keys at once, or none.
   *
   * @throws `locking.not_acquired` naming a key that somebody else has.
   */
  async acquire(keys: string | string[], { ownerId, expire }: AcquireOptions = {}): Promise<void> {
    const busy = await this.take(listOf(keys), ownerId || null, milliseconds("expire", expire));
    if (busy !== undefined) throw lockErrors.notAcquired(busy);
  }

  /** Gives back those keys that the owner has; true when those were all. */
  async release(keys: string | string[], { ownerId }: OwnerOptions = {}): Promise<boolean> {
    const list = listOf(keys);
    return list.length === 0 || this.store.drop(list, ownerId || null);
  }

  /** Gives back everything that the owner has; without one, what was taken without an owner. */
  async releaseAll({ ownerId }: OwnerOptions = {}): Promise<void> {
    await this.store.dropAll(ownerId || null);
  }

  async dispose(): Promise<void> {
    await this.store.close?.();
  }

  private async take(keys: readonly string[], owner: string | null, ttlMs: number): Promise<string | undefined> {
    return keys.length === 0 ? undefined : this.store.take(keys, owner, ttlMs);
  }

  private async takeInTime(keys: readonly string[], owner: string, ttlMs: number, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
      const busy = await this.take(keys, owner, ttlMs);
      if (busy === undefined) return;
      const left = deadline - performance.now();
      if (left <= 0) throw lockErrors.notAcquired(busy);
      // Those who wait together do not come back together.
      const ms = Math.min(left, pause * (0.5 + Math.random()));
      await (this.store.freed ? this.store.freed(keys, ms) : sleep(ms));
    }
  }

  /** The job is done: that its lock could not be given back does not undo it, and the lease ends it. */
  private async giveBack(keys: readonly string[], owner: string): Promise<void> {
    if (keys.length === 0) return;
    try {
      await this.store.drop(keys, owner);
    } catch (error) {
      this.logger.error(`The lock for ${keys.join(", ")} could not be released; it ends within ${this.settings.leaseMs / 1000} s`, error);
    }
  }
}

function listOf(keys: string | string[]): string[] {
  return [...new Set([keys].flat())].sort();
}

function milliseconds(option: string, seconds: number | undefined): number {
  if (seconds === undefined || seconds === null) return 0;
  if (typeof seconds !== "number" || Number.isNaN(seconds) || seconds < 0) throw lockErrors.badTime(option, seconds);
  return seconds === Infinity ? (option === "timeout" ? Infinity : 0) : Math.ceil(seconds * 1000);
}
