import { setTimeout as sleep } from "node:timers/promises";
import type { EventMessage, SharedContext } from "@velella/kernel";
import type { ErrorCopy } from "./error-copy";
import type { Attempt, Journal, StepRecord } from "./journal";
import type { RunOutcome } from "./outcome";

/** What a direct run needs of the world around it. */
export interface DirectServices {
  /** Runs a transactional step in a transaction; without it such a step runs as a plain one. */
  transaction?<T>(run: (shared: SharedContext) => Promise<T>): Promise<T>;
  /** Takes the events of a run that succeeded. */
  release(events: EventMessage[]): Promise<void>;
}

/** Remembers nothing: a run on it lives and dies with the process. */
export class DirectJournal implements Journal {
  readonly stop = undefined;
  readonly turned = undefined;

  constructor(
    private readonly services: DirectServices,
    /** False when outputs of steps are asked for afterwards. */
    readonly forgets = true,
  ) {}

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

  async retryLater(_attempt: Attempt, _error: ErrorCopy, seconds: number): Promise<void> {
    await sleep(seconds * 1000);
  }

  async begin(): Promise<void> {}

  /** A plan with such steps is never given to the direct runner, so this step did not say that it is async. */
  async waitForAnswer(attempt: Attempt): Promise<StepRecord> {
    return { status: "done", attempts: attempt.number };
  }

  async turn(): Promise<void> {}

  async finish(outcome: RunOutcome, events: EventMessage[]): Promise<void> {
    if (outcome.state === "done" && events.length) await this.services.release(events);
  }
}
