import type { AppError, Logger } from "@velella/kernel";
import { lockErrors } from "./errors";

/** Milliseconds of the longest timer that Node can set; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** A lock that was just taken for a job. */
export interface JobLock {
  keys: readonly string[];
  /** Milliseconds until it ends; 0 for a lock without an end. */
  lengthMs: number;
  /** When the store was asked for it, on the clock of `performance.now()`. */
  askedAt: number;
  /** Asks the store for the same length from now on; false when the lock is gone. Without it the lock ends after its length. */
  extend?: () => Promise<boolean>;
}

/**
 * Keeps a lock while its job runs, and tells the job when it is lost.
 *
 * The lock is extended each time a third of its length is over; when the store cannot be asked, four times as often. It
 * counts as lost as soon as the store says so, and when its length has passed since the last extension was asked for.
 * In the store it ends a little later than that, so the job is told before anybody else can have the lock. A process
 * that is frozen cannot be told anything; what it missed comes out in {@link LockKeeper.stop} at the latest.
 */
export class LockKeeper {
  private readonly controller = new AbortController();
  private readonly whyLost: string;
  private heldUntil: number;
  private isWatching = true;
  private end?: NodeJS.Timeout;
  private extension?: NodeJS.Timeout;

  /** @param logger Is told, as a warning, of each extension that failed. */
  constructor(
    private readonly lock: JobLock,
    private readonly logger: Logger,
  ) {
    this.whyLost = lock.extend ? "it had expired, and could not be renewed in time" : "its time was over";
    this.heldUntil = lock.lengthMs > 0 ? lock.askedAt + lock.lengthMs : Infinity;
    if (lock.lengthMs === 0) return;
    this.watchEnd();
    this.extendAfter(lock.lengthMs / 3);
  }

  /** Aborted when the lock is lost; the reason is the error `locking.lost`. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Ends the keeping. Returns whether the lock was held all the time. */
  stop(): boolean {
    if (performance.now() >= this.heldUntil) this.lose();
    this.endWatch();
    return !this.signal.aborted;
  }

  /**
   * The error of a job whose lock was lost.
   *
   * @param failure What the job failed with, if it did: it becomes the `cause`, unless it is the reason of the signal.
   */
  lossError(failure?: unknown): AppError {
    if (failure !== undefined && failure === this.signal.reason) return this.signal.reason as AppError;
    const error = lockErrors.lost(this.lock.keys, this.whyLost);
    if (failure !== undefined) error.cause = failure;
    return error;
  }

  private watchEnd(): void {
    const leftMs = this.heldUntil - performance.now();
    if (leftMs <= 0) return this.lose();
    // The end may have been put off when the timer fires.
    this.end = setTimeout(() => this.watchEnd(), Math.min(Math.ceil(leftMs), longestTimerMs));
  }

  private extendAfter(ms: number): void {
    const { extend } = this.lock;
    if (extend) this.extension = setTimeout(() => void this.extend(extend), ms);
  }

  private async extend(extend: () => Promise<boolean>): Promise<void> {
    const { keys, lengthMs } = this.lock;
    const askedAt = performance.now();
    try {
      const isHeld = await extend();
      if (!this.isWatching) return;
      if (!isHeld) return this.lose();
      this.heldUntil = askedAt + lengthMs;
      this.extendAfter(lengthMs / 3);
    } catch (error) {
      // Of a lock that was lost or given back meanwhile nobody wants to know.
      if (!this.isWatching) return;
      this.logger.warn(lockErrors.notExtended(keys, error).message);
      this.extendAfter(lengthMs / 12);
    }
  }

  private lose(): void {
    if (!this.isWatching) return;
    this.endWatch();
    this.controller.abort(lockErrors.lost(this.lock.keys, this.whyLost));
  }

  private endWatch(): void {
    this.isWatching = false;
    clearTimeout(this.end);
    clearTimeout(this.extension);
  }
}
