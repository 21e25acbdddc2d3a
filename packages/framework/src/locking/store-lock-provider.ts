import { AppError } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { randomUUID } from "node:crypto";
import { lockErrors } from "./errors";
import { LockKeeper } from "./lock-keeper";
import type { AcquireOptions, ExecuteOptions, LockedJob, LockProvider, OwnerOptions } from "./lock-provider";
import type { LockStore } from "./lock-store";
import { WaitingLines } from "./waiting-lines";

/** How the locks of a store outlive the process that took them. */
export interface LeaseSettings {
  /**
   * Milliseconds for which a job's lock is taken and extended, and so the longest time that it stays when its process
   * vanishes. 0 where locks vanish with their process: then there is no lease, and nobody waits elsewhere.
   */
  leaseMs: number;
}

const defaultTimeoutSeconds = 5;

/** The most characters of a key or an owner: of any kind, they fit into an index of PostgreSQL, and what one store takes all do. */
const longestText = 800;

/** Locks of any store: adds owners, waiting, and the keeping of a lock while its job runs. */
export class StoreLockProvider implements LockProvider {
  private readonly lines: WaitingLines;

  /** @param logger Is told, as a warning, what failed behind the back of a job and did not harm it. */
  constructor(
    private readonly store: LockStore,
    private readonly settings: LeaseSettings,
    private readonly logger: Logger,
  ) {
    this.lines = new WaitingLines(settings.leaseMs > 0);
  }

  /**
   * Waits for the lock, runs the job, gives the lock back. A job that loses its lock is not cut off but told by its
   * signal; when it has ended, its result is thrown away.
   *
   * @throws `locking.not_acquired` when the lock was busy for all of the time-out; `locking.lost` when the job lost its
   *   lock, with what the job itself failed with as `cause`; `locking.bad_time`, `locking.bad_key`, `locking.bad_job`.
   */
  async execute<T>(keys: string | string[], job: LockedJob<T>, options: ExecuteOptions = {}): Promise<T> {
    const wanted = distinct(keys);
    if (typeof job !== "function") throw lockErrors.badJob(job);
    const timeoutMs = milliseconds("timeout", options.timeout ?? defaultTimeoutSeconds);
    const expireMs = milliseconds("expire", options.expire ?? 0);
    if (wanted.length === 0) return job(new AbortController().signal);

    // An owner that nobody else can name, so that jobs exclude each other.
    const owner = `job:${randomUUID()}`;
    const lengthMs = expireMs || this.settings.leaseMs;
    let askedAt = 0;
    const busy = await this.lines.take(wanted, { timeoutMs }, async () => {
      askedAt = performance.now();
      try {
        return await this.store.take(wanted, owner, lengthMs);
      } catch (error) {
        // The store may have done it, and only its answer be lost. Nobody else knows this owner. The error is not kept waiting:
        // a store that is out of order takes its time to say so, again.
        void this.giveBackOfJob(wanted, owner);
        throw error;
      }
    });
    if (busy !== undefined) throw lockErrors.notAcquired(busy, wanted, timeoutMs / 1000);

    const extend = expireMs > 0 ? undefined : () => this.store.extend(wanted, owner, lengthMs);
    const keeper = new LockKeeper({ keys: wanted, lengthMs, askedAt, extend }, this.logger);
    const [outcome] = await Promise.allSettled([(async () => job(keeper.signal))()]);
    const wasHeld = keeper.stop();
    const wasOurs = await this.giveBackOfJob(wanted, owner);
    if (!wasHeld || !wasOurs) throw keeper.lossError(outcome.status === "rejected" ? outcome.reason : undefined);
    if (outcome.status === "rejected") throw outcome.reason;
    return outcome.value;
  }

  /**
   * Takes locks, all or none, without waiting unless there is a `timeout`. What the owner has already gets the new `expire`.
   *
   * @throws `locking.not_acquired`, `locking.bad_time`, `locking.bad_key`, `locking.bad_owner`
   */
  async acquire(keys: string | string[], options: AcquireOptions = {}): Promise<void> {
    const wanted = distinct(keys);
    const expireMs = milliseconds("expire", options.expire ?? 0);
    const timeoutMs = milliseconds("timeout", options.timeout ?? 0);
    // Without a pause, nothing else would be done meanwhile.
    const pauseMs = milliseconds("retryInterval", options.retryInterval ?? 0) || undefined;
    const owner = ownerOf(options);
    if (wanted.length === 0) return;
    const wait = { timeoutMs, pauseMs, triesFirst: true };
    const busy = await this.lines.take(wanted, wait, () => this.store.take(wanted, owner, expireMs));
    if (busy !== undefined) throw lockErrors.notAcquired(busy, wanted, timeoutMs / 1000);
  }

  /**
   * Gives back those of the keys that the owner has. Returns whether those were all of them.
   *
   * @throws `locking.bad_key`, `locking.bad_owner`; `locking.unknown_outcome` where the connection was lost meanwhile.
   */
  async release(keys: string | string[], options: OwnerOptions = {}): Promise<boolean> {
    const given = distinct(keys);
    const owner = ownerOf(options);
    if (given.length === 0) return true;
    const wereAll = await this.store.giveBack(given, owner);
    this.lines.freed(given);
    return wereAll;
  }

  /** Gives back everything that an owner has; without one, what nobody in particular has. @throws `locking.bad_owner` */
  async releaseAll(options: OwnerOptions = {}): Promise<void> {
    await this.store.giveBackAll(ownerOf(options));
    this.lines.freed();
  }

  /** Closes the store. Locks stay. */
  async dispose(): Promise<void> {
    await this.store.close?.();
  }

  /** False when the lock was gone already. A store that cannot be asked does not spoil a job that is done. */
  private async giveBackOfJob(keys: readonly string[], owner: string): Promise<boolean> {
    try {
      return await this.store.giveBack(keys, owner);
    } catch (error) {
      // It is given back then, and the keeper knows that it was held.
      const isDone = AppError.isAppError(error) && error.reason === "locking.unknown_outcome";
      if (!isDone) this.logger.warn(lockErrors.notGivenBack(keys, error).message);
      return true;
    } finally {
      this.lines.freed(keys);
    }
  }
}

function distinct(keys: string | string[]): string[] {
  const list = Array.isArray(keys) ? keys : [keys];
  for (const key of list as unknown[]) if (key === "" || !isStorable(key)) throw lockErrors.badKey(key, longestText);
  return [...new Set(list)];
}

/** An empty id names nobody, as no store could tell it from none. */
function ownerOf({ ownerId }: OwnerOptions): string | null {
  if (ownerId === undefined || ownerId === null || ownerId === "") return null;
  if (!isStorable(ownerId)) throw lockErrors.badOwner(ownerId, longestText);
  return ownerId;
}

/** Whether every store takes it as it is. */
function isStorable(value: unknown): value is string {
  return typeof value === "string" && value.length <= longestText && !/[\0\p{Surrogate}]/u.test(value);
}

/** Whole ones, as stores count them; what is more than nothing stays more than nothing. */
function milliseconds(option: string, seconds: unknown): number {
  const isTime = typeof seconds === "number" && seconds >= 0 && seconds * 1000 <= Number.MAX_SAFE_INTEGER;
  if (!isTime) throw lockErrors.badTime(option, seconds);
  return seconds === 0 ? 0 : Math.max(1, Math.round(seconds * 1000));
}
