const firstPauseMs = 10;
const longestPauseMs = 150;
/** Longer than any pause, with some time for the question itself. */
const heldBackMs = longestPauseMs + 50;
/** Far below the longest timer of Node; who is not the first is woken, or looks at the deadline again. */
const longestRestMs = 3_600_000;

/** The place of one waiter in a line. */
export class WaitingPlace {
  private growingPauseMs = firstPauseMs;
  private isCalled = false;
  private isHeldBack = false;
  private wake: () => void = () => undefined;

  /**
   * @param isFirst Whether nobody is before this place now.
   * @param pauseMs Milliseconds between two tries; by default pauses that grow.
   */
  constructor(
    readonly key: string,
    private readonly isFirst: () => boolean,
    private readonly pauseMs?: number,
  ) {}

  /**
   * Settles when it is time to ask for the lock: when the place is called, when it is the first and a pause has
   * passed, and at the latest at the deadline.
   *
   * @param deadline On the clock of `performance.now()`.
   */
  async turn(deadline: number): Promise<void> {
    while (!this.isCalled) {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) break;
      const isFirst = this.isFirst();
      const isRested = await this.rest(Math.min(leftMs, isFirst ? this.nextPause() : longestRestMs));
      if (isFirst && isRested) break;
    }
    this.isCalled = false;
  }

  /** The lock may be free now. A call during a try counts for the next turn. */
  call(): void {
    this.isCalled = true;
    this.wake();
  }

  /** The lock may be free now, but others, elsewhere, are to find it first. */
  holdBack(): void {
    this.isHeldBack = true;
    this.wake();
  }

  /** This place has become the first. */
  moveUp(): void {
    this.wake();
  }

  /** Milliseconds: the pause that was asked for, or somewhere in the upper half of a length that doubles from pause to pause. */
  private nextPause(): number {
    if (this.isHeldBack) {
      this.isHeldBack = false;
      return heldBackMs;
    }
    if (this.pauseMs !== undefined) return this.pauseMs;
    const pauseMs = this.growingPauseMs * (0.5 + Math.random() / 2);
    this.growingPauseMs = Math.min(this.growingPauseMs * 2, longestPauseMs);
    return pauseMs;
  }

  /** False when it was woken before the time was over. */
  private rest(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.ceil(ms), true);
      this.wake = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
  }
}
