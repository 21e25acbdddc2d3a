import { setTimeout as sleep } from "node:timers/promises";
import { patiently } from "../connection/patiently";
import { isFinal } from "../run/outcome";
import type { RunOutcome } from "../run/outcome";
import type { ExecutionStatus, ExecutionWatch } from "../store/execution-watch";
import { recordKey } from "../store/step-store";
import type { StepStore } from "../store/step-store";
import { engineErrors } from "../errors/engine-errors";

/** Milliseconds for which a run is seen to be due before it counts as one that nobody takes up. */
const takenUpWithin = 5000;

/** Names a run in messages. */
export interface RunNames {
  workflowId: string;
  transactionId: string;
}

/** Waits for the ends of runs that go on elsewhere. Nobody is told of an end that the database does not know. */
export class Endings {
  constructor(
    private readonly watch: ExecutionWatch,
    private readonly steps: StepStore,
  ) {}

  /** The run that has this transaction id. Undefined: there is none, or none any more. */
  async find({ workflowId, transactionId }: RunNames): Promise<ExecutionStatus | undefined> {
    for (let pause = 5; ; pause = Math.min(pause * 1.5, 250)) {
      const found = await patiently(() => this.watch.join(workflowId, transactionId));
      if (found !== "busy") return found;
      await sleep(pause);
    }
  }

  /** How a run ended, or that it goes on without its caller. Undefined: its row is gone. */
  async of(id: string): Promise<RunOutcome | undefined> {
    // Counted in pauses, since the time in which the database was away, or this process frozen, says nothing about others.
    let isDueFor = 0;
    for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
      const status = await patiently(() => this.watch.look(id));
      if (!status || isFinal(status.state) || status.rests || isDueFor > takenUpWithin) return status && outcomeOf(status);
      await sleep(pause);
      isDueFor = status.isDue ? isDueFor + pause : 0;
    }
  }

  /**
   * The outcome with what one step returned as its result.
   *
   * @throws `engine.output_not_kept` when that is not on record
   */
  async withResultFrom(outcome: RunOutcome, resultFrom: string | undefined, id: string, names: RunNames): Promise<RunOutcome> {
    if (resultFrom === undefined || outcome.state !== "done") return outcome;
    const steps = (await patiently(() => this.steps.load([id]))).get(id)?.();
    const record = steps?.records.get(recordKey(resultFrom, "invoke"));
    const noted = steps?.notes.get(resultFrom);
    if (!record && !noted) throw engineErrors.outputNotKept(resultFrom, names.workflowId, names.transactionId);
    return { ...outcome, result: record ? record.output : noted?.value };
  }
}

/** What is known of a run, as its callers get it. */
export function outcomeOf({ state, result, errors }: ExecutionStatus): RunOutcome {
  return { state, result, errors };
}
