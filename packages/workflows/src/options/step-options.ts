import type { Container, EventMessage, SharedContext } from "@velella/kernel";
import type { Phase } from "../rows/step-row";
import { composeErrors } from "../errors/workflow-errors";
import { flag, oneOf, seconds, times } from "./option-checks";
import type { OptionCheck } from "./option-checks";

/** How a step behaves. Times are in seconds. */
export interface StepOptions {
  /** How often a failed step is tried again; 0 by default. */
  maxRetries?: number;
  /** Seconds between attempts. With it the workflow goes on in the background once an attempt has failed. */
  retryInterval?: number;
  /**
   * `false`: after a failed attempt the run waits, in the background, until `retryStep` asks for the next one; `maxRetries`
   * says how many there may be. `true` by default.
   */
  autoRetry?: boolean;
  /**
   * Seconds, 0 for none, after which the step counts as failed for good, whether its function runs or it waits for an answer from outside.
   *
   * It does not end the function: the `signal` of the context is aborted, so that the function can end itself, and that is
   * waited for as long again, but one second at least and 30 at most. Then the step is undone, with what the function
   * returned meanwhile (undefined when it threw, or was transactional), and not tried again. What a function that still runs
   * does after that is not undone, and the error says so. A compensation has the same time, and counts as done if it ends
   * before its wait is over.
   */
  timeout?: number;
  /**
   * The caller does not wait for this step, nor for what follows it. When the step returns nothing, the workflow waits until
   * `setStepSuccess` or `setStepFailure` is called for it.
   */
  async?: boolean;
  /** Seconds after which a step that still waits for an answer from outside is called again; never by default. */
  retryIntervalAwaiting?: number;
  /** How often `retryIntervalAwaiting` has it called again; until it is answered, or its `timeout` is over, by default. */
  maxAwaitingRetries?: number;
  /** Is not undone when the workflow fails. */
  noCompensation?: boolean;
  /**
   * Its compensation only sets the undoing going: the run waits until `setStepSuccess` or `setStepFailure` is called for
   * the step with `action: "compensate"`.
   */
  compensateAsync?: boolean;
  /** When the step fails for good, the error is recorded and the workflow goes on. */
  continueOnPermanentFailure?: boolean;
  /**
   * When the step fails for good, the following steps are skipped: all of them, or those before the one named. In a parallel group
   * that is what follows in its own branch, and what comes after the group; the other branches are done.
   */
  skipOnPermanentFailure?: boolean | string;
  /**
   * With `async`: the caller does not wait, and the step is done when its function is, also when it returns nothing: no
   * answer from outside is awaited.
   */
  backgroundExecution?: boolean;
  /**
   * Reads and computes, without any effect: it may run again when the process is killed. Has no compensation, is not
   * transactional, and neither waits for an answer nor goes on in the background.
   */
  pure?: boolean;
  /**
   * All its effects are in the database, through `context`: they commit together with the record that it ran.
   *
   * `"shared"`: its reads of what earlier steps wrote go through `context` as well. Such steps, where they follow each other,
   * share one transaction, also over conditions, nested workflows and steps that only emit; where nothing else comes after
   * them, with the end of the run and its events. If one of them fails, nothing of it has happened, and each of them is done
   * again in one of its own. Transforms between and after them are computed before the commit.
   */
  transactional?: boolean | "shared";
  /**
   * Parts of what it is given and of what it returns that nobody may read, as paths such as `card.number` or
   * `items.*.code`; the empty path is all of it. They are encrypted in the journal wherever the plan carries them, and
   * hidden in timelines, in messages of errors and from subscribers. What it keeps for its compensation is encrypted whole.
   *
   * Not covered are the events that it emits, which are for others to read and go through the outbox as they are, and the
   * `context` that a run is given.
   */
  secret?: { readonly input?: readonly string[]; readonly output?: readonly string[] };
  /** Emits events through `ctx.emit`: they are released with the end of the run, and cannot be lost after its success. */
  emits?: boolean;
  /** Accepted, and without effect: what a step returned is always kept until the run has ended, because later steps and its compensation need it. */
  saveResponse?: boolean;
  /** Accepted, and without effect: every step of a journalled run is recorded, whether the workflow has `store` or not. */
  store?: boolean;
  /** Accepted, and without effect: the steps of one `parallelize` are always awaited together, so that nothing is undone that is still being done. */
  noWait?: boolean;
  /** Accepted, and without effect: a nested workflow is one by `runAsStep`, which needs no mark. */
  nested?: boolean;
}

const names: OptionCheck = {
  expected: "a list of paths",
  holds: (value) => Array.isArray(value) && value.every((path) => typeof path === "string"),
};

/** What each option of a step may be. */
export const stepOptionChecks: Readonly<Record<keyof StepOptions, OptionCheck>> = {
  maxRetries: times,
  retryInterval: seconds,
  autoRetry: flag,
  timeout: seconds,
  async: flag,
  backgroundExecution: flag,
  retryIntervalAwaiting: seconds,
  maxAwaitingRetries: times,
  noCompensation: flag,
  compensateAsync: flag,
  continueOnPermanentFailure: flag,
  skipOnPermanentFailure: {
    expected: "true, false, or the name of a later step",
    holds: (value) => typeof value === "boolean" || (typeof value === "string" && value !== ""),
  },
  pure: flag,
  transactional: oneOf(true, false, "shared"),
  secret: {
    expected: "{ input, output } with lists of paths",
    holds: (value) =>
      typeof value === "object" &&
      value !== null &&
      Object.entries(value).every(
        ([side, paths]) => (side === "input" || side === "output") && (paths === undefined || names.holds(paths)),
      ),
  },
  emits: flag,
  saveResponse: flag,
  store: flag,
  noWait: flag,
  nested: flag,
};

// None of them means anything for a step that has no effect.
const notPure = [
  "async",
  "backgroundExecution",
  "retryIntervalAwaiting",
  "maxAwaitingRetries",
  "transactional",
  "compensateAsync",
] as const satisfies (keyof StepOptions)[];

/** Refuses options of a step that contradict each other. @throws `workflow.pure_with_option` */
export function checkStepOptions(step: string, options: StepOptions): void {
  const contrary = options.pure && notPure.find((name) => options[name]);
  if (contrary) throw composeErrors.pureWithOption(step, contrary, JSON.stringify(options[contrary]));
}

/** What a step function gets beside its input. */
export interface StepExecutionContext {
  /**
   * The container that the run was started with. Of a run that was taken up again, after a wait or in another process, it is a
   * scope of the engine's: what the caller had registered in its own is not there.
   */
  container: Container;
  metadata: StepMetadata;
  /**
   * To be handed to service methods as their `sharedContext`. In a transactional step it carries the transaction in
   * which the record that the step ran is written.
   */
  context: SharedContext & Record<string, unknown>;
  workflowId: string;
  stepName: string;
  action: Phase;
  /** The same for every attempt of this step in this run. */
  idempotencyKey: string;
  /** 1 for the first. */
  attempt: number;
  /** Events with this group are held until the run succeeds. */
  eventGroupId: string;
  /** The step of the outer workflow, when this one is part of a nested one. */
  parentStepIdempotencyKey: string | undefined;
  transactionId: string;
  runId: string;
  /**
   * Is aborted when the time of the step or of the workflow is over (see `timeout`), and when the run is cancelled, with the
   * error as its reason. A run that is cancelled is undone when the function has ended, however it does; a compensation is
   * not told. An instance hears of what another one cancelled at once where it listens (see `listen` of the engine); else
   * with its next look for work, or, in the mode `server`, in a third of `leaseSeconds`.
   */
  signal: AbortSignal;
  /** Emits events with the success of the run; a run that fails emits none. @throws `workflow.emitted_too_late` once the step has ended */
  emit(messages: EventMessage | EventMessage[]): void;
}

/** Facts about an attempt, in the form that logs and messages carry. */
export interface StepMetadata {
  model_id: string;
  idempotency_key: string;
  action: string;
  action_type: Phase;
  attempt: number;
  /** Milliseconds since 1970. */
  timestamp: number;
}

/** A step as `createStep` defined it. */
export interface StepDefinition {
  readonly name: string;
  readonly options: StepOptions;
  readonly invoke: (input: unknown, context: StepExecutionContext) => unknown;
  readonly compensate: ((data: unknown, context: StepExecutionContext) => unknown) | undefined;
}
