import { performance } from "node:perf_hooks";
import { runErrors } from "../errors/workflow-errors";
import { endsWithin } from "./ends-within";

const leastGrace = 1;
const mostGrace = 30;

/** What became of work that was watched. `isLate`: it ended after its time. `running`: it did not end, and is heard of no more. */
export type Watched =
  | { state: "value"; value: unknown; isLate: boolean }
  | { state: "error"; error: unknown; isLate: boolean }
  | { state: "running" };

/** The time that an attempt of a step has. */
export class TimeLimit {
  private readonly controller = new AbortController();
  private readonly until: number;
  /** What it means that the time is over; the reason of {@link signal}. */
  readonly overdue: Error;
  /** Seconds that work is waited for after its time: as long again, but one at least, and 30 at most. */
  readonly grace: number;

  constructor(
    /** Seconds from now. */
    private readonly seconds: number,
    /** Seconds of the timeout of which this is what is left. */
    readonly timeout: number,
    /** What has this time, as messages name it. */
    readonly of: string,
    /** Whether it is the time of a workflow, of which the step is a part. */
    readonly isOfRun: boolean,
  ) {
    this.overdue = runErrors.timedOut(of, timeout);
    this.until = performance.now() + seconds * 1000;
    this.grace = Math.min(Math.max(timeout, leastGrace), mostGrace);
  }

  /** Is aborted when the time is over. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Waits for work as long as it may take, and, after it was told to end, for its answer to that. */
  async watch(work: unknown): Promise<Watched> {
    let ended: Watched | undefined;
    const { signal } = this.controller;
    const end = Promise.resolve(work).then(
      (value) => void (ended = { state: "value", value, isLate: signal.aborted }),
      (error: unknown) => void (ended = { state: "error", error, isLate: signal.aborted }),
    );
    // A timer may fire a little early by the clock that the run is stopped by.
    for (let left = this.seconds; left > 0; left = (this.until - performance.now()) / 1000) if (await endsWithin(end, left)) break;
    if (!ended) {
      this.controller.abort(this.overdue);
      await endsWithin(end, this.grace);
    }
    return ended ?? { state: "running" };
  }
}
