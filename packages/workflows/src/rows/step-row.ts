/** Whether a step is done or undone. */
export type Phase = "invoke" | "compensate";

/**
 * How a step stands that is settled: nothing changes it any more. `done`: it has worked, and is undone with its run. `skipped`: its
 * function said that there was nothing to do (`SkipStepResponse`), and so nothing to undo. `failed`: for good; the run turns round, or
 * goes on where the options of the step say so. Compensations are `done` or `failed`; those that failed are forgotten, and tried
 * again, when a person has the run go on (`ExecutionSteering.setGoing`).
 */
export const settledStatuses = ["done", "skipped", "failed"] as const;

/**
 * How a step stands that waits for an answer, or will. `starting`: its function is at work, and the answer may come already; also of
 * a step of which nobody knows whether it was begun, when its run is undone. `waiting`: its function has returned. An answer from
 * outside makes it `done` or `failed` (`ExecutionSteering.answer`), the end of its time `failed`. One that is called again
 * while it waits stays so.
 */
export const awaitingStatuses = ["starting", "waiting"] as const;

/**
 * How a step stands. All but the answers from outside are written by the owner of its run (`StepStore`). `retrying`: it
 * has failed, and waits for its next attempt, which settles it, or has it wait again.
 */
export type StepStatus = (typeof settledStatuses)[number] | (typeof awaitingStatuses)[number] | "retrying";

/** Whether nothing changes a step any more. */
export function isSettled(status: StepStatus): boolean {
  return (settledStatuses as readonly StepStatus[]).includes(status);
}

/**
 * A step of a journalled run, or its compensation. A plain step has none before its function has returned, a pure one none when it
 * has worked, for its output is a note. Steps that are done in one transaction with the end of a run which is not kept never have one.
 */
export interface StepRow {
  execution_id: string;
  /** Of the step in its plan, `outer/inner` in a nested workflow; of a handler of a hook as `handlerKeys` makes it; or `#notes`, of the row of what was noted without a step's record. */
  key: string;
  phase: Phase;
  status: StepStatus;
  /** As `Payloads` pack it, and so is `compensate_input`. */
  output: string | null;
  /** What its compensation gets. */
  compensate_input: string | null;
  /** JSON of what its last attempt failed with. */
  error: string | null;
  /** JSON of the events that it emitted. They reach the outbox when the run is done, and not at all when it is undone. */
  events: string | null;
  /**
   * JSON, by key, of what was computed since the record before: values of transforms, decisions of conditions, outputs of pure
   * steps. Where a row is written again, its notes are added to. Read by who takes the run up, and by its timeline.
   */
  notes: string | null;
  /** Which attempt this is of, 1 for the first; 0 of `#notes`. */
  attempts: number;
  /**
   * Of a compensation: how many of its attempts were made before someone set the run going again. They do not count against its
   * retries. Null where nobody did.
   */
  uncounted: number | null;
  /** JSON of the attempts before the last one; null where it worked at once. */
  earlier: string | null;
  /** The same for every attempt; steps get it for what they call. */
  idempotency_key: string;
  /** Of one that waits for an answer: when its time is over. Of one that is `retrying`: when it is due; null until someone asks. */
  timeout_at: Date | null;
  /** When it began; where attempts failed before with a pause, the last one. */
  started_at: Date;
  /** When this was written: until it is settled, how long ago that is says when a step is called again. */
  finished_at: Date;
}
