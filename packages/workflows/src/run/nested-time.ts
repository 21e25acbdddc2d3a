import { performance } from "node:perf_hooks";
import type { WorkflowPlan } from "../plan/plan";

/** The time of a nested workflow that has a `timeout`, within that of those around it. */
export class NestedTime {
  /** Something is done in it that no earlier process has ended; what one has ended was in time. */
  isAtWork = false;

  constructor(
    readonly plan: WorkflowPlan,
    /** Milliseconds of the monotonic clock. */
    private readonly until: number,
    private readonly outer: NestedTime | undefined,
  ) {}

  /** Something is begun in it. */
  begin(): void {
    this.isAtWork = true;
    this.outer?.begin();
  }

  /** Seconds until it is over. */
  get secondsLeft(): number {
    return Math.max(0, this.until - performance.now()) / 1000;
  }

  /** The one that is over first: this one, or one around it. */
  get nearest(): NestedTime {
    const outer = this.outer?.nearest;
    return outer && outer.until <= this.until ? outer : this;
  }

  /** The one that is over, the outermost first. */
  get over(): NestedTime | undefined {
    return this.outer?.over ?? (performance.now() >= this.until ? this : undefined);
  }
}

const begun = "#begun";

/** What the journal calls the beginning of a nested workflow; seconds since that of the run. */
export const begunKey = (key: string): string => key + begun;

/** Whether a key of the journal is such a beginning. */
export const isBegunKey = (key: string): boolean => key.endsWith(begun);
