import type { JobSchedule } from "./schedule";
import { ticksOf } from "./schedule";
import { checkOptions, flag, oneOf, seconds } from "./option-checks";
import type { OptionCheck } from "./option-checks";

/** How a workflow behaves. Times are in seconds. */
export interface WorkflowOptions {
  /** Keeps the execution after its end, for `retentionTime`, or for good without one. */
  store?: boolean;
  /** Seconds that the execution is kept after its end. */
  retentionTime?: number;
  /**
   * Seconds that a run may take, waits included, without a limit when it is 0; then it is undone, and fails.
   *
   * A step that is at work then has the `signal` of its context aborted, and is waited for as long again, but one second at
   * least and 30 at most. What it returns meanwhile is what its compensation gets. A transform or a condition that is being
   * computed is not waited for.
   *
   * As part of another workflow, by `runAsStep`, it has this time from when it begins, within that of the other one. When it is
   * over, the whole run is undone, and fails with the same error.
   */
  timeout?: number;
  /**
   * A second run with the transaction id of one that is kept returns that one's result, or its error. Where neither `store` nor
   * `retentionTime` says how long that is, it is a day. Started within a step of another run, its events
   * are released when it succeeds itself. They do not wait for the other run, which may do that step twice and would then find
   * this one done, its events gone.
   */
  idempotent?: boolean;
  /** Runs on its own: a cron expression (five fields, or six with seconds), or an interval in milliseconds. */
  schedule?: string | WorkflowSchedule;
  /** `false`: the run is not journalled. A kill in the middle of it leaves its steps half done. */
  durable?: boolean;
  /**
   * Changes when the meaning of steps changes under the same names: runs of another version are parked. Without it runs go
   * on with code that has changed as long as what they have done certainly belongs to something in it.
   */
  version?: string | number;
  /** Accepted, and without effect: what is kept of a run by `store` or `retentionTime` includes its steps. */
  storeExecution?: boolean;
}

/** When a workflow runs on its own. */
export interface WorkflowSchedule {
  cron?: string;
  /** Milliseconds. */
  interval?: number;
  /**
   * Whether a tick is left out while the run of the one before it goes on (`forbid`, the default), or starts a run beside it
   * (`allow`).
   */
  concurrency?: "allow" | "forbid";
  /** Runs at most so often; without end by default. */
  numberOfExecutions?: number;
  /** IANA name of the timezone of the cron expression; that of the server by default. */
  timezone?: string;
}

const isWhole = (value: unknown) => Number.isInteger(value) && (value as number) > 0;

const scheduleChecks: Readonly<Record<keyof WorkflowSchedule, OptionCheck>> = {
  cron: { expected: "a cron expression", holds: (value) => typeof value === "string" },
  interval: { expected: "a number of milliseconds above 0", holds: (value) => Number.isFinite(value) && (value as number) >= 1 },
  concurrency: oneOf("allow", "forbid"),
  numberOfExecutions: { expected: "a whole number above 0", holds: isWhole },
  timezone: { expected: "the name of a timezone", holds: (value) => typeof value === "string" && value !== "" },
};

const optionChecks: Readonly<Record<keyof WorkflowOptions, OptionCheck>> = {
  store: flag,
  retentionTime: seconds,
  timeout: seconds,
  idempotent: flag,
  schedule: {
    expected: "a cron expression, or { cron } or { interval }",
    holds: (value) => (typeof value === "string" ? value !== "" : isSchedule(value)),
  },
  durable: flag,
  version: { expected: "a text or a number", holds: (value) => typeof value === "string" || typeof value === "number" },
  storeExecution: flag,
};

function isSchedule(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { cron, interval } = value as WorkflowSchedule;
  return (cron === undefined) !== (interval === undefined);
}

/**
 * Refuses options that a workflow does not have, and values that cannot be meant; a schedule is tried out.
 *
 * @throws `workflow.unknown_option`, `workflow.bad_option`, `engine.bad_schedule`
 */
export function checkWorkflowOptions(id: string, options: WorkflowOptions): void {
  const what = `Workflow "${id}"`;
  checkOptions(what, options, optionChecks);
  const { schedule } = options;
  if (schedule === undefined) return;
  if (typeof schedule === "object") checkOptions(`The schedule of workflow "${id}"`, schedule, scheduleChecks);
  const { timezone, ...when } = typeof schedule === "object" ? schedule : { cron: schedule };
  ticksOf(`workflow:${id}`, when satisfies JobSchedule, timezone);
}
