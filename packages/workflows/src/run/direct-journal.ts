import { performance } from "node:perf_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventMessage, SharedContext } from "@velella/kernel";
import type { ErrorCopy } from "./error-copy";
import { Interruption } from "./journal";
import type { Attempt, Journal, StepRecord } from "./journal";
import type { RunOutcome } from "./outcome";

/** What a direct run needs of the world around it. */
export interface DirectServices {
  /** Runs a transactional step in a transaction; without it such a step runs as a plain one. */
  transaction?<T>(run: (shared: SharedContext) => Promise<T>): Promise<T>;
  /** Takes the events of a run that succeeded. */
  release(events: EventMessage[]): Promise<void>;
  /** Takes what is worth a line in the log. */
  warn?(message: string): void;
}

/** Remembers nothing: a run on it lives and dies with the process. */
export class DirectJournal implements Journal {
  readonly turned = undefined;
  private readonly deadline: number | undefined;

  constructor(
    private readonly services: DirectServices,
    /** False when outputs of steps are asked for afterwards. */
    readonly forgets = true,
    /** Seconds that the run may take. */
    timeout?: number,
  ) {
    this.deadline = timeout ? performance.now() + timeout * 1000 : undefined;
  }

  /** Nothing is taken up that began before. */
  get secondsSinceBegin(): number {
    return performance.now() / 1000;
  }

  get stop(): "timed out" | undefined {
    return this.deadline !== undefined && performance.now() >= this.deadline ? "timed out" : undefined;
  }

  get secondsLeft(): number | undefined {
    return this.deadline === undefined ? undefined : Math.max(0, this.deadline - performance.now()) / 1000;
  }

  warn(message: string): void {
    this.services.warn?.(message);
  }

  recall(): undefined {
    return undefined;
  }

  note(): void {}

  recorded(): undefined {
    return undefined;
  }

  perform(attempt: Attempt, run: (shared: SharedContext | undefined) => Promise<StepRecord>): Promise<StepRecord> {
    return attempt.transactional && this.services.transaction ? this.services.transaction(run) : run(undefined);
  }

  async fail(_attempt: Attempt, record: StepRecord): Promise<StepRecord> {
    return record;
  }

  async retryLater(_attempt: Attempt, _error: ErrorCopy, seconds = 0, most = Infinity): Promise<void> {
    await sleep(Math.min(seconds, most, this.secondsLeft ?? Infinity) * 1000);
  }

  /** Of steps that are on record, which here none is. */
  pause(): never {
    throw new Interruption("waiting");
  }

  async begin(): Promise<void> {}

  /** A plan with such steps is never given to the direct runner, so this step did not say that it is async. */
  async waitForAnswer(attempt: Attempt): Promise<StepRecord> {
    return { status: "done", attempts: attempt.number };
  }

  async readAgain(): Promise<undefined> {}

  async turn(): Promise<void> {}

  finish(outcome: RunOutcome, events: EventMessage[]): Promise<void> | undefined {
    return outcome.state === "done" && events.length ? this.services.release(events) : undefined;
  }
}
