import { lockErrors } from "./errors";
import type { LockStore } from "./lock-store";

/** Watches over a lock while a job runs: keeps it alive, or sees it end, and tells the job by a signal. */
export class Lease {
  private readonly controller = new AbortController();
  private readonly timer: NodeJS.Timeout | undefined;
  private failures = 0;

  /**
   * @param times `renewMs`: its expiry is put off by this time again and again. `endMs`: it ends after this time.
   *   Absent for a lock that lasts until it is released.
   */
  constructor(
    private readonly store: LockStore,
    private readonly keys: readonly string[],
    private readonly owner: string,
    private readonly times: { renewMs: number } | { endMs: number } | undefined,
  ) {
    if (!times) return;
    if ("endMs" in times) this.timer = setTimeout(() => this.lose("its time was over"), times.endMs);
    else this.timer = setInterval(() => void this.renew(times.renewMs), times.renewMs / 3);
    this.timer.unref();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  stop(): void {
    if (this.times && "endMs" in this.times) clearTimeout(this.timer);
    else clearInterval(this.timer);
  }

  private async renew(ttlMs: number): Promise<void> {
    try {
      if (!(await this.store.renew(this.keys, this.owner, ttlMs))) this.lose("it had expired, and could not be renewed in time");
      this.failures = 0;
    } catch (error) {
      // One failed attempt leaves two thirds of the time; after the third the lock is no longer there.
      if (++this.failures >= 3) this.lose(error instanceof Error ? error.message : String(error));
    }
  }

  private lose(reason: string): void {
    this.stop();
    if (!this.signal.aborted) this.controller.abort(lockErrors.lost(this.keys, reason));
  }
}
