import { createContainer } from "@velella/kernel";
import type { Container, EventMessage, Logger } from "@velella/kernel";
import { runErrors } from "../errors/workflow-errors";
import type { WorkflowPlan } from "../plan/plan";
import { copierOf } from "../plan/shape-copier";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { workflowSpan } from "../tracing/spans";
import { DirectJournal } from "./direct-journal";
import type { DirectServices } from "./direct-journal";
import { errorToThrow, WorkflowTransaction } from "./outcome";
import type { RunOutcome, RunView, StepFailure } from "./outcome";
import { failureLines } from "./failure-lines";
import type { Journal } from "./journal";
import { checkResultFrom } from "./result-from";
import { Run } from "./run";
import { newRunId } from "./run-id";
import type { RunIdentity } from "./step-context";
import { observerOf } from "./run-events";
import type { ListenerLog, RunEventHandlers } from "./run-events";
import type { RunObserver } from "./run-observer";

/** What a run is given, and how its end is told. */
export interface RunOptions<TData = unknown> {
  input?: TData;
  /** Reaches the steps as part of their `context`. Its `transactionId` names the run when `transactionId` does not. */
  context?: Record<string, unknown>;
  /** Whether a failed run throws (the default), or returns its errors. */
  throwOnError?: boolean;
  /** Logs the errors of a failed run with the container's logger. */
  logOnError?: boolean;
  /** The step whose output is the result, instead of the workflow's own: one of its own steps, by the name that it has there. */
  resultFrom?: string;
  events?: RunEventHandlers;
  /** Names the run: while it lives, and as long as it is kept, the same id means the same run. */
  transactionId?: string;
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
  action?: "invoke" | "compensate";
  transactionId: string;
  stepId: string;
  workflowId: string;
}

/** A workflow bound to a container. */
export interface WorkflowRunner<TData, TResult> {
  run(options?: RunOptions<TData>): Promise<RunResult<TResult>>;
  /** Undoes a run, given by its transaction or the id of that: one that goes on, or one that is kept. */
  cancel(options: {
    transactionId?: string;
    transaction?: Pick<WorkflowTransaction, "transactionId">;
    throwOnError?: boolean;
  }): Promise<RunResult<TResult>>;
  getName(): string;
  /** Answers a step that waits; `setStepSuccess` of the engine. */
  registerStepSuccess(answer: RegisteredAnswer): Promise<unknown>;
  /** Fails a step that waits; `setStepFailure` of the engine. */
  registerStepFailure(answer: RegisteredAnswer): Promise<unknown>;
  /** Has the next attempt of a step that failed come now; `retryStep` of the engine. */
  retryStep(step: Pick<RegisteredAnswer, "idempotencyKey" | "container">): Promise<unknown>;
}

/** An answer to a step that waits, or a step that is tried again. */
export interface RegisteredAnswer {
  idempotencyKey: string | StepAddress;
  response?: unknown;
  /** Of the steps that this process does next of the run; the one that the workflow is bound to by default. */
  container?: Container | undefined;
}

/** What a workflow asks of the engine that is registered as `workflows`. Found by this symbol, whichever copy made it. */
export const runsPlans = Symbol.for("velella.workflows.runsPlans");

/** What runs plans: an engine, or nothing but this process. */
export interface PlanRunner {
  [runsPlans](plan: WorkflowPlan, options: RunOptions, container: Container): Promise<RunResult>;
  cancel(id: string, options: { transactionId: string; throwOnError?: boolean }): Promise<RunResult>;
  setStepSuccess(answer: GivenStepAnswer): Promise<unknown>;
  setStepFailure(answer: GivenStepAnswer): Promise<unknown>;
  retryStep(step: Omit<GivenStepAnswer, "stepResponse">): Promise<unknown>;
}

interface GivenStepAnswer {
  idempotencyKey: string | StepAddress;
  stepResponse?: unknown;
  options?: { container?: Container | undefined };
}

/** What `workflow(container)` returns: runs on the container's engine, or directly where there is none. */
export function workflowRunner<TData, TResult>(
  plan: WorkflowPlan,
  registry: WorkflowRegistry,
  given: Container | object | undefined,
): WorkflowRunner<TData, TResult> {
  const container = isContainer(given) ? given : undefined;
  const engine = (why: string): PlanRunner => {
    const found = container && engineOf(container);
    if (!found) throw runErrors.needsEngine(plan.id, why);
    return found;
  };
  return {
    run: (options = {}) => {
      const found = container && engineOf(container);
      const result = found ? found[runsPlans](plan, options, container) : runWithoutEngine(plan, registry, options, container);
      return result as Promise<RunResult<TResult>>;
    },
    cancel: async ({ transaction, transactionId = transaction?.transactionId, ...options }) => {
      if (!transactionId) throw runErrors.nothingToCancel(plan.id);
      return (await engine("is to be cancelled").cancel(plan.id, { ...options, transactionId })) as RunResult<TResult>;
    },
    getName: () => plan.id,
    registerStepSuccess: async ({ idempotencyKey, response, container: chosen = container }) =>
      engine("gets the answer of a step").setStepSuccess({ idempotencyKey, stepResponse: response, options: { container: chosen } }),
    registerStepFailure: async ({ idempotencyKey, response, container: chosen = container }) =>
      engine("gets the answer of a step").setStepFailure({ idempotencyKey, stepResponse: response, options: { container: chosen } }),
    retryStep: async ({ idempotencyKey, container: chosen = container }) =>
      engine("has a step tried again").retryStep({ idempotencyKey, options: { container: chosen } }),
  };
}

/** What is asked of whatever an app has registered as `event_bus`. */
interface EventBus {
  emit(messages: EventMessage[]): Promise<void>;
  releaseGroupedEvents?(group: string): Promise<void>;
}

function isContainer(value: unknown): value is Container {
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
  return runDirectly(plan, registry, options, container, {
    release: async (events) => {
      const bus = container?.resolve<EventBus | undefined>("event_bus", { allowUnregistered: true });
      await bus?.emit(events);
      // Outside of the run its group means that they wait.
      const groups = new Set(events.map(({ metadata }) => metadata?.eventGroupId));
      for (const group of groups) if (group !== undefined) await bus?.releaseGroupedEvents?.(group);
    },
    warn: (message) => container?.resolve<Pick<Logger, "warn"> | undefined>("logger", { allowUnregistered: true })?.warn(message),
  });
}

/** Runs a plan as plain function calls. */
export async function runDirectly(
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
  const journal = new DirectJournal(services, options.resultFrom === undefined && !timeout, timeout);
  return answer(await runOn(journal, plan, identity, registry, options, observer), identity, options, container);
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
  const run = new Run(plan, copierOf(plan)(input), identity, registry, journal, observer);
  const ended = workflowSpan(identity, () => run.execute());
  if (!resultFrom) return ended;
  return ended.then((outcome) => (outcome.state === "done" ? { ...outcome, result: run.outputOf(resultFrom) } : outcome));
}

/** Whether the caller chose the transaction id, by which others may find the run. */
export function isNamed({ transactionId, context }: RunOptions): boolean {
  return (transactionId ?? context?.transactionId) !== undefined;
}

/** Who a new run is. @throws `workflow.bad_transaction_id` */
export function identityOf(plan: WorkflowPlan, options: RunOptions, container: Container | undefined): RunIdentity {
  const { transactionId: contextId, eventGroupId, ...context } = options.context ?? {};
  const given = options.transactionId ?? contextId;
  const transactionId = given === undefined || given === null ? newRunId() : String(given);
  if (given && transactionId.includes("\0")) throw runErrors.badTransactionId(plan.id, transactionId);
  const runId = newRunId();
  // One group of events per run, unless the caller wants them to wait for something larger.
  const group = typeof eventGroupId === "string" ? eventGroupId : runId;
  if (container) return { workflowId: plan.id, transactionId, runId, eventGroupId: group, container, context };
  return new ContainerlessIdentity(plan.id, transactionId, runId, group, context);
}

/** Of a run that was given no container: an empty one is made when a step asks for it, for that takes longer than a small run. */
class ContainerlessIdentity implements RunIdentity {
  private made: Container | undefined;

  constructor(
    readonly workflowId: string,
    readonly transactionId: string,
    readonly runId: string,
    readonly eventGroupId: string,
    readonly context: Record<string, unknown>,
  ) {}

  get container(): Container {
    return (this.made ??= createContainer());
  }
}

/** Turns the end of a run into what its caller gets, or throws the error of a failed one. */
export function answer(
  outcome: RunOutcome,
  identity: { workflowId: string; transactionId: string; runId: string },
  { throwOnError = true, logOnError = false, input }: RunOptions,
  container: Container | undefined,
): RunResult {
  const { workflowId, transactionId, runId } = identity;
  const hasFailed = outcome.state === "reverted" || outcome.state === "failed";
  const thrownError = hasFailed ? errorToThrow(outcome.errors) : undefined;
  if (hasFailed && logOnError) for (const line of failureLines(identity, outcome.errors)) loggerOf(container)?.error(line);
  // A plain object on purpose: the same value, whether the run crossed processes or not.
  if (hasFailed && throwOnError) throw thrownError;
  const transaction = new WorkflowTransaction(workflowId, transactionId, runId, outcome.run ?? elsewhere(outcome, input));
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
