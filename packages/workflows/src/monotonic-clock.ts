/**
 * Milliseconds by a clock that only goes forward, whatever is done to the time of day. All threads of a process read the same
 * one, which `performance.now()` would not give them.
 */
export const monotonicNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Tells when it is time for what is done every so many milliseconds. */
export class Every {
  private last: number;

  /** @param isDueAtOnce Whether the first time is now, and not when the first interval is over. */
  constructor(
    private readonly ms: number,
    isDueAtOnce = false,
  ) {
    this.last = isDueAtOnce ? -Infinity : monotonicNow();
  }

  /** Whether an interval is over; if so, the next one begins. */
  isDue(): boolean {
    const now = monotonicNow();
    if (now - this.last < this.ms) return false;
    this.last = now;
    return true;
  }
}
