import { WaitingPlace } from "./waiting-place";

/** For how long a lock goes from one waiter of this process to the next before the other processes get their chance. */
const passedOnForMs = 500;

/** How somebody waits for a lock. */
export interface Wait {
  timeoutMs: number;
  /** Between two tries; by default pauses that grow. */
  pauseMs?: number;
  /** To try before standing in line: whom those in the line wait for may take again what it has. */
  triesFirst?: boolean;
}

/** Those who wait for one key, in the order in which they came. */
interface Line {
  places: WaitingPlace[];
  /** Since when the lock goes from hand to hand within this process, on the clock of `performance.now()`. */
  passedOnSince?: number;
}

/**
 * Those in this process who wait for locks, lined up at the key that they found busy.
 *
 * Only the first of each line asks the store, after pauses that grow, differ, and are never longer than what the waiter
 * has left: so a busy lock costs the store a few questions a second per process, however many wait. A lock that is
 * given back in this process wakes the first at once. To be fair to waiters elsewhere, who cannot be woken, this goes
 * on for half a second; then the first lets a pause pass that is longer than any of theirs.
 *
 * Who waits for several keys stands in one line at a time, and holds none of the keys meanwhile: nobody here can wait
 * for each other.
 */
export class WaitingLines {
  private readonly lines = new Map<string, Line>();

  /** @param isShared Whether there can be waiters in other processes. */
  constructor(private readonly isShared: boolean) {}

  /**
   * Tries to take a lock until that succeeds or the time is over. There is always at least one try, and one at the very
   * end of the time.
   *
   * @param keys What is wanted.
   * @param take One try: the key that was busy, or undefined for success.
   * @returns Undefined for success, otherwise the key that was busy when the time was over.
   */
  async take(keys: readonly string[], wait: Wait, take: () => Promise<string | undefined>): Promise<string | undefined> {
    const deadline = performance.now() + wait.timeoutMs;
    const [key, ...others] = keys;
    // Those who wait already come first. Who wants several keys has to try, to know which line is theirs.
    const knowsLine = key !== undefined && others.length === 0 && !wait.triesFirst && this.lines.has(key);
    let place = knowsLine ? this.lineUp(key, wait) : undefined;
    try {
      for (;;) {
        await place?.turn(deadline);
        const busy = await take();
        if (busy === undefined || performance.now() >= deadline) return busy;
        if (place?.key === busy) continue;
        this.leave(place);
        place = this.lineUp(busy, wait);
      }
    } finally {
      this.leave(place);
    }
  }

  /** Tells those who wait that keys may have become free; without keys, that any may. */
  freed(keys: Iterable<string> = this.lines.keys()): void {
    for (const key of keys) {
      const line = this.lines.get(key);
      if (!line) continue;
      const now = performance.now();
      line.passedOnSince ??= now;
      if (!this.isShared || now - line.passedOnSince < passedOnForMs) line.places[0]?.call();
      else {
        line.passedOnSince = undefined;
        line.places[0]?.holdBack();
      }
    }
  }

  private lineUp(key: string, { pauseMs }: Wait): WaitingPlace {
    const line = this.lines.get(key) ?? { places: [] };
    const place: WaitingPlace = new WaitingPlace(key, () => line.places[0] === place, pauseMs);
    line.places.push(place);
    this.lines.set(key, line);
    return place;
  }

  private leave(place: WaitingPlace | undefined): void {
    const line = place && this.lines.get(place.key);
    if (!line) return;
    const [first] = line.places;
    line.places = line.places.filter((other) => other !== place);
    if (line.places.length === 0) this.lines.delete(place.key);
    else if (first === place) line.places[0]?.moveUp();
  }
}
