import { setImmediate as otherWork } from "node:timers/promises";
import { attemptsMade, withAttempt } from "./earlier-attempts";
import { copyError } from "./error-copy";
import { isPermanent, TimedOut, withoutSecrets } from "./failures";
import { Interruption } from "./journal";
import type { Attempt, StepRecord } from "./journal";
import type { RunState } from "./run-state";
import type { StepCalls } from "./step-calls";
import type { Work } from "./work";

// A compensation that fails is tried again even if its step does not ask for retries.
const leastRetries = 2;

/** Undoes what a run has done. */
export class Compensation {
  constructor(
    private readonly state: RunState,
    private readonly calls: StepCalls,
  ) {}

  /** Undoes all steps, the last one first; false when one of them could not be undone. */
  async undoAll(): Promise<boolean> {
    this.state.state = "compensating";
    this.state.tell({ eventType: "onCompensateBegin" });
    let isUndone = true;
    for (const undoable of this.state.undoable.reverse()) {
      const data = undoable.isOpen ? await this.leftBy(undoable.work) : undoable.data;
      if (!(await this.undo(undoable.work, data))) isUndone = false;
    }
    return isUndone;
  }

  /** What a step that waited left: an answer may have come until the run turned round. */
  private async leftBy({ key }: Work): Promise<unknown> {
    return (await this.state.journal.readAgain(key, "invoke"))?.compensateInput;
  }

  /** False when it failed for good, in which case the rest is undone all the same. */
  private async undo(work: Work, data: unknown): Promise<boolean> {
    const { journal } = this.state;
    const known = journal.recorded(work.key, "compensate");
    const isTold = !journal.isNews?.(work.key, "compensate");
    if (known?.status === "done") return this.succeed(work, isTold);
    if (known?.status === "failed") return this.fail(work, known, isTold);
    if (known?.status === "waiting") return this.awaitAnswer(work, this.calls.attemptOf(work, "compensate", known.attempts));
    if (known?.status === "retrying" && known.dueIn !== undefined && !known.expired) journal.pause(known.dueIn);
    const { maxRetries = 0, retryInterval, secret, compensateAsync } = work.options;
    const mostRetries = Math.max(maxRetries, leastRetries) + (known?.uncounted ?? 0);
    let earlier = known?.earlier;
    for (let number = attemptsMade(known) + 1; ; number++) {
      const attempt = this.calls.attemptOf(work, "compensate", number, earlier);
      try {
        if (compensateAsync) await journal.begin(attempt, undefined);
        const record = await journal.perform(attempt, async (shared) => {
          await this.calls.compensate(work, attempt, data, shared);
          return { status: compensateAsync ? "waiting" : "done", attempts: number };
        });
        // Failed from outside while its function still ran.
        if (record.status === "failed") return this.fail(work, record);
        return record.status === "waiting" ? await this.awaitAnswer(work, attempt) : this.succeed(work);
      } catch (thrown) {
        if (thrown instanceof Interruption) throw thrown;
        const reported = thrown instanceof TimedOut ? thrown.reported : thrown;
        const error = secret ? withoutSecrets(reported, data, [[]]) : reported;
        // One that still runs is not begun once more beside itself.
        if (thrown instanceof TimedOut || isPermanent(error) || number > mostRetries) {
          const record: StepRecord = { status: "failed", error: copyError(error), attempts: number };
          const settled = await journal.fail(attempt, record);
          // An answer from outside was first.
          return settled.status === "failed" ? this.fail(work, settled) : this.succeed(work);
        }
        if (retryInterval) await journal.retryLater(attempt, copyError(error), retryInterval);
        else await otherWork();
        earlier = withAttempt(earlier, number, { startedAt: attempt.startedAt, finishedAt: Date.now() }, copyError(error));
      }
    }
  }

  private async awaitAnswer(work: Work, attempt: Attempt): Promise<boolean> {
    const answer = await this.state.journal.waitForAnswer(attempt);
    return answer.status === "failed" ? this.fail(work, answer) : this.succeed(work);
  }

  private succeed({ key, name }: Work, isTold = false): true {
    this.state.undone.push(key);
    if (!isTold) this.state.tell({ eventType: "onCompensateStepSuccess", step: key, action: name });
    return true;
  }

  private fail(work: Work, record: StepRecord, isTold = false): false {
    const error = record.error ?? { name: "Error", message: "The compensation failed." };
    const failure = this.state.failureOf(work, "compensate", error, record.attempts);
    this.state.errors.push(failure);
    if (!isTold) this.state.tell({ eventType: "onCompensateStepFailure", step: work.key, action: work.name, errors: [failure] });
    return false;
  }
}
