import type { Container, EventMessage, Logger } from "@velella/kernel";
import { runErrors } from "../errors/workflow-errors";
import { copyNamed, inputOf } from "../plan/not-json";
import type { WorkflowPlan } from "../plan/plan";
import { copierOf } from "../plan/shape-copier";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { Phase } from "../rows/step-row";
import { workflowSpan } from "../tracing/spans";
import { DirectJournal } from "./direct-journal";
import type { DirectServices } from "./direct-journal";
import { errorToThrow, WorkflowTransaction } from "./outcome";
import type { RunNames, RunOutcome, RunView, StepFailure } from "./outcome";
import { outerHold } from "./event-hold";
import { failureLines } from "./failure-lines";
import type { Journal } from "./journal";
import { checkResultFrom } from "./result-from";
import { Run } from "./run";
import { checkEventHandlers, checkRunOptions } from "./run-options";
import { identityOf } from "./new-run";
import type { RunIdentity } from "./step-context";
import { observerOf } from "./run-events";
import type { ListenerLog, RunEventHandlers } from "./run-events";
import type { RunObserver } from "./run-observer";

/** What a run is given, and how its end is told. */
export interface RunOptions<TData = unknown> {
  /**
   * What the composer's parameter stands for. Steps get a copy, as JSON has it.
   *
   * @throws An error from the run that names the part which JSON cannot hold
   */
  input?: TData;
  /**
   * Reaches the steps as part of their `context`, as a JSON copy; `transactionManager` and `manager` do as they are, in the process
   * that starts the run. Its `transactionId` names the run when `transactionId` does not.
   */
  context?: Record<string, unknown>;
  /** Whether a failed run throws (the default), or returns its errors. */
  throwOnError?: boolean;
  /** Logs the errors of a failed run with the container's logger. */
  logOnError?: boolean;
  /** The step whose output is the result, instead of the workflow's own: one of its own steps, by the name that it has there. */
  resultFrom?: string;
  /**
   * Called as things happen in the run that this call begins, to its end, as long as this process lives. Once the run has rested
   * any instance may go on with it: what happens elsewhere is told as `subscribe` of the engine tells it, a moment later, and as
   * well as can be.
   */
  events?: RunEventHandlers;
  /**
   * Names the run: while it lives, the same id means the same run. Afterwards it does where the workflow is `idempotent`, as long
   * as the run is kept; any other runs anew.
   */
  transactionId?: string;
  /** The container of the run: its steps get it, and its engine runs it. The one that the workflow was called with by default. */
  container?: Container | object;
}

/** How a run ended, or where it stands when it goes on in the background. */
export interface RunResult<TResult = unknown> {
  result: TResult;
  errors: StepFailure[];
  transaction: WorkflowTransaction;
  /** What would have been thrown, with `throwOnError: false`. */
  thrownError?: unknown;
  acknowledgement: Acknowledgement;
}

/** Says which run this is, and whether it has ended. */
export interface Acknowledgement {
  transactionId: string;
  workflowId: string;
  hasFinished: boolean;
  hasFailed: boolean;
}

/** Which step of which run is meant. */
export interface StepAddress {
  action?: Phase;
  transactionId: string;
  stepId: string;
  workflowId: string;
}

/** Which run is to be undone, and how its caller hears of it. */
export interface CancelOptions extends Pick<RunOptions, "throwOnError" | "logOnError" | "container"> {
  /** The id under which the run was started. */
  transactionId?: string;
  /** What the run returned, in the place of its id. */
  transaction?: Pick<WorkflowTransaction, "transactionId">;
  /** Called as it is undone, in this process. */
  events?: RunEventHandlers;
  /** Accepted, and without effect: the run keeps the context with which it was started. */
  context?: Record<string, unknown>;
}

/** The type that the caller names, or else the workflow's own. */
export type Chosen<TOverride, T> = 0 extends 1 & TOverride
  ? TOverride
  : unknown extends TOverride
    ? T
    : [TOverride] extends [undefined]
      ? T
      : TOverride;

/** A workflow bound to a container. */
export interface WorkflowRunner<TData, TResult> {
  run(options?: RunOptions<TData>): Promise<RunResult<TResult>>;
  /** Undoes a run, given by its transaction or the id of that: one that goes on, or one that is kept. */
  cancel(options: CancelOptions): Promise<RunResult<TResult>>;
  getName(): string;
  /**
   * Answers a step that waits, as `setStepSuccess` of the engine does, and gives what `run` would: the result, when the run has
   * come to its end, or its state, when it waits again. A run that fails throws, unless `throwOnError` is false.
   */
  registerStepSuccess(answer: RegisteredAnswer): Promise<RunResult<TResult>>;
  /** Fails a step that waits, as `setStepFailure` of the engine does; else the same as `registerStepSuccess`. */
  registerStepFailure(answer: RegisteredAnswer & { forcePermanentFailure?: boolean }): Promise<RunResult<TResult>>;
  /** Has the next attempt of a step that failed come now, as `retryStep` of the engine does; else the same as `registerStepSuccess`. */
  retryStep(step: Omit<RegisteredAnswer, "response" | "resultFrom">): Promise<RunResult<TResult>>;
}

/** An answer to a step that waits, or a step that is tried again. */
export interface RegisteredAnswer extends Omit<RunOptions, "input" | "transactionId" | "container" | "context"> {
  idempotencyKey: string | StepAddress;
  response?: unknown;
  /** Of the steps that this process does next of the run; the one that the workflow is bound to by default. */
  container?: Container | object | undefined;
  /** Accepted, and without effect: the run keeps the context with which it was started. */
  context?: Record<string, unknown>;
}

/** What a workflow asks of the engine that is registered as `workflows`. Found by this symbol, whichever copy made it. */
export const runsPlans = Symbol.for("velella.workflows.runsPlans");

/** The same, of a run that goes on since something is done from outside. */
export const followsRuns = Symbol.for("velella.workflows.followsRuns");

/** What is done to a run from outside. */
export type RunChange = "setStepSuccess" | "setStepFailure" | "retryStep" | "cancel";

/** To which run, and which of its steps. */
export interface ChangedRun {
  transactionId?: string;
  idempotencyKey?: string | StepAddress;
  stepResponse?: unknown;
}

/** What runs plans: an engine, or nothing but this process. */
export interface PlanRunner {
  [runsPlans](plan: WorkflowPlan, options: RunOptions, container: Container): Promise<RunResult>;
  [followsRuns](plan: WorkflowPlan, change: RunChange, changed: ChangedRun, options: RunOptions, container: Container): Promise<RunResult>;
}

/** What `workflow(container)` returns: runs on the container's engine, or directly where there is none. */
export function workflowRunner<TData, TResult>(
  plan: WorkflowPlan,
  registry: WorkflowRegistry,
  given: Container | object | undefined,
): WorkflowRunner<TData, TResult> {
  const bound = isContainer(given) ? given : undefined;
  const chosen = (container: unknown) => (isContainer(container) ? container : bound);
  const follow = async (why: string, change: RunChange, changed: ChangedRun, options: RunOptions): Promise<RunResult<TResult>> => {
    const container = chosen(options.container);
    const engine = container && engineOf(container);
    if (!engine) throw runErrors.needsEngine(plan.id, why);
    if (options.events !== undefined) checkEventHandlers(plan.id, options.events);
    return (await engine[followsRuns](plan, change, changed, options, container)) as RunResult<TResult>;
  };
  return {
    run: (options = {}) => {
      try {
        checkRunOptions(plan.id, options);
        const container = chosen(options.container);
        const found = container && engineOf(container);
        const result = found ? found[runsPlans](plan, options, container) : runWithoutEngine(plan, registry, options, container);
        return result as Promise<RunResult<TResult>>;
      } catch (error) {
        // Not by an async function, whose promise a small run would notice.
        return Promise.reject(error);
      }
    },
    cancel: async ({ transaction, transactionId = transaction?.transactionId, ...options }) => {
      if (!transactionId) throw runErrors.nothingToCancel(plan.id);
      return follow("is to be cancelled", "cancel", { transactionId }, options);
    },
    getName: () => plan.id,
    registerStepSuccess: ({ idempotencyKey, response: stepResponse, ...options }) =>
      follow("gets the answer of a step", "setStepSuccess", { idempotencyKey, stepResponse }, runOptionsOf(options)),
    registerStepFailure: ({ idempotencyKey, response: stepResponse, ...options }) =>
      follow("gets the answer of a step", "setStepFailure", { idempotencyKey, stepResponse }, runOptionsOf(options)),
    retryStep: ({ idempotencyKey, ...options }) => follow("has a step tried again", "retryStep", { idempotencyKey }, runOptionsOf(options)),
  };
}

const runOptionsOf = ({ container, ...options }: Omit<RegisteredAnswer, "idempotencyKey">): RunOptions =>
  container ? { ...options, container } : options;

/** What is asked of whatever an app has registered as `event_bus`. */
interface EventBus {
  emit(messages: EventMessage[]): Promise<void>;
  releaseGroupedEvents?(group: string): Promise<void>;
}

/** Whether a value is a container; by what it can do, since an app may have two copies of its class. */
export function isContainer(value: unknown): value is Container {
  return typeof (value as Container | undefined)?.resolve === "function";
}

function engineOf(container: Container): PlanRunner | undefined {
  const found: unknown = container.resolve("workflows", { allowUnregistered: true });
  return typeof found === "object" && found !== null && runsPlans in found ? (found as PlanRunner) : undefined;
}

function runWithoutEngine(
  plan: WorkflowPlan,
  registry: WorkflowRegistry,
  options: RunOptions,
  container: Container | undefined,
): Promise<RunResult> {
  if (plan.needs.waits) {
    const waiting = [...plan.steps.values()].find(
      ({ options: { async, compensateAsync, autoRetry, maxRetries } }) => async || compensateAsync || (autoRetry === false && maxRetries),
    );
    const why = waiting && `has the step "${waiting.key}", which goes on in the background`;
    if (why) return Promise.reject(runErrors.needsEngine(plan.id, why));
  }
  const hold = outerHold(options.context?.eventGroupId);
  return runDirectly(plan, registry, options, container, {
    release: async (events) => {
      if (hold?.holdEvents(events)) return;
      const bus = container?.resolve<EventBus | undefined>("event_bus", { allowUnregistered: true });
      await bus?.emit(events);
      // Outside of the run its group means that they wait.
      const groups = new Set(events.map(({ metadata }) => metadata?.eventGroupId));
      for (const group of groups) if (group !== undefined) await bus?.releaseGroupedEvents?.(group);
    },
    warn: (message) => container?.resolve<Pick<Logger, "warn"> | undefined>("logger", { allowUnregistered: true })?.warn(message),
  });
}

/** Runs a plan as plain function calls. Throws what is wrong with the options, before it returns a promise of the rest. */
export function runDirectly(
  plan: WorkflowPlan,
  registry: WorkflowRegistry,
  options: RunOptions,
  container: Container | undefined,
  services: DirectServices,
  observe?: (identity: RunIdentity) => RunObserver | undefined,
): Promise<RunResult> {
  if (options.resultFrom !== undefined) checkResultFrom(plan, options.resultFrom);
  const identity = identityOf(plan, options, container);
  const observer = observe ? observe(identity) : options.events && observerOf({ plan, identity }, options.events, logTo(container));
  const { timeout } = plan.options;
  const journal = new DirectJournal(services, options.resultFrom === undefined && !timeout && !plan.needs.nestedTime, timeout);
  return runOn(journal, plan, identity, registry, options, observer).then((outcome) => answer(outcome, identity, options, container));
}

/** Runs a plan here to its end, on a journal. */
export function runOn(
  journal: Journal,
  plan: WorkflowPlan,
  identity: RunIdentity,
  registry: WorkflowRegistry,
  { input, resultFrom }: RunOptions,
  observer?: RunObserver,
): Promise<RunOutcome> {
  const run = new Run(
    plan,
    copyNamed(input, () => inputOf(plan), copierOf(plan)),
    identity,
    registry,
    journal,
    observer,
  );
  const ended = workflowSpan(identity, () => run.execute());
  if (!resultFrom) return ended;
  return ended.then((outcome) => (outcome.state === "done" ? { ...outcome, result: run.outputOf(resultFrom) } : outcome));
}

/** Whether the caller chose the transaction id, by which others may find the run. */
export function isNamed({ transactionId, context }: RunOptions): boolean {
  return (transactionId ?? context?.transactionId) !== undefined;
}

/** Turns the end of a run into what its caller gets, or throws the error of a failed one. */
export function answer(
  outcome: RunOutcome,
  identity: RunNames,
  { throwOnError = true, logOnError = false, input }: RunOptions,
  container: Container | undefined,
): RunResult {
  const { workflowId, transactionId } = identity;
  const hasFailed = outcome.state === "reverted" || outcome.state === "failed";
  const thrownError = hasFailed ? errorToThrow(outcome.errors) : undefined;
  if (hasFailed && logOnError) for (const line of failureLines(identity, outcome.errors)) loggerOf(container)?.error(line);
  // A plain object on purpose: the same value, whether the run crossed processes or not.
  if (hasFailed && throwOnError) throw thrownError;
  const transaction = new WorkflowTransaction(identity, outcome.run ?? elsewhere(outcome, input));
  const acknowledgement = { transactionId, workflowId, hasFinished: transaction.hasFinished(), hasFailed };
  return { result: outcome.result, errors: outcome.errors, transaction, acknowledgement, ...(hasFailed && { thrownError }) };
}

/** A run that went on, or ended, in another process. */
function elsewhere({ state, errors }: RunOutcome, input: unknown): RunView {
  return { state, errors, context: () => ({ payload: input, invoke: {}, compensate: {} }) };
}

function logTo(container: Container | undefined): ListenerLog {
  return (message, error) => {
    const logger = loggerOf(container);
    if (logger) logger.error(message, error);
    else process.emitWarning(`${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  };
}

function loggerOf(container: Container | undefined): { error(message: string, error?: unknown): void } | undefined {
  return container?.resolve("logger", { allowUnregistered: true });
}
