import { createContainer } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { runErrors } from "../errors";
import type { WorkflowPlan } from "../plan/plan";
import { copierOf } from "../plan/shape-copier";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { workflowSpan } from "../tracing/spans";
import { DirectJournal } from "./direct-journal";
import type { DirectServices } from "./direct-journal";
import { errorToThrow, WorkflowTransaction } from "./outcome";
import type { RunOutcome, StepFailure } from "./outcome";
import { Run } from "./run";
import { newRunId } from "./run-id";
import type { RunIdentity } from "./step-context";
import type { RunEvent, RunEventType, RunObserver } from "./run-observer";

/** Called as things happen, in the process that runs the workflow. */
export type RunEventHandlers = Partial<Record<RunEventType, (event: RunEvent & { transactionId: string }) => void>>;

export interface RunOptions<TData = unknown> {
  input?: TData;
  /** Reaches the steps as part of their `context`. Its `transactionId` names the run when `transactionId` does not. */
  context?: Record<string, unknown>;
  /** Whether a failed run throws (the default), or returns its errors. */
  throwOnError?: boolean;
  /** Logs the errors of a failed run with the container's logger. */
  logOnError?: boolean;
  /** The step whose output is the result, instead of the workflow's own. */
  resultFrom?: string;
  events?: RunEventHandlers;
  /** Names the run: while it lives, and as long as it is kept, the same id means the same run. */
  transactionId?: string;
}

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
  /** Undoes a run: one that goes on, or one that is kept. */
  cancel(options: { transactionId: string; throwOnError?: boolean }): Promise<RunResult<TResult>>;
  getName(): string;
  registerStepSuccess(answer: { idempotencyKey: string | StepAddress; response?: unknown }): Promise<unknown>;
  registerStepFailure(answer: { idempotencyKey: string | StepAddress; response?: unknown }): Promise<unknown>;
}

/** What a workflow asks of the engine that is registered as `workflows`. Found by this symbol, whichever copy made it. */
export const runsPlans = Symbol.for("velella.workflows.runsPlans");

export interface PlanRunner {
  [runsPlans](plan: WorkflowPlan, options: RunOptions, container: Container): Promise<RunResult>;
  cancel(id: string, options: { transactionId: string; throwOnError?: boolean }): Promise<RunResult>;
  setStepSuccess(answer: { idempotencyKey: string | StepAddress; stepResponse?: unknown }): Promise<unknown>;
  setStepFailure(answer: { idempotencyKey: string | StepAddress; stepResponse?: unknown }): Promise<unknown>;
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
    run: async (options = {}) => {
      const found = container && engineOf(container);
      const result = found ? await found[runsPlans](plan, options, container) : await runWithoutEngine(plan, registry, options, container);
      return result as RunResult<TResult>;
    },
    cancel: async (options) => (await engine("is to be cancelled").cancel(plan.id, options)) as RunResult<TResult>,
    getName: () => plan.id,
    registerStepSuccess: async ({ idempotencyKey, response }) =>
      engine("gets the answer of a step").setStepSuccess({ idempotencyKey, stepResponse: response }),
    registerStepFailure: async ({ idempotencyKey, response }) =>
      engine("gets the answer of a step").setStepFailure({ idempotencyKey, stepResponse: response }),
  };
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
    const waiting = [...plan.steps.values()].find((node) => node.options.async);
    if (waiting) throw runErrors.needsEngine(plan.id, `has the async step "${waiting.key}", which goes on in the background`);
  }
  return runDirectly(plan, registry, options, container, {
    release: async (events) => {
      const bus = container?.resolve<{ emit(messages: unknown): Promise<void> } | undefined>("event_bus", { allowUnregistered: true });
      await bus?.emit(events);
    },
  });
}

/** Runs a plan as plain function calls. */
export async function runDirectly(
  plan: WorkflowPlan,
  registry: WorkflowRegistry,
  options: RunOptions,
  container: Container | undefined,
  services: DirectServices,
  observerFor?: (transactionId: string) => RunObserver,
): Promise<RunResult> {
  const identity = identityOf(plan, options, container);
  const observe = observerOf(options, identity.transactionId, observerFor?.(identity.transactionId));
  const journal = new DirectJournal(services, options.resultFrom === undefined);
  const run = new Run(plan, copierOf(plan)(options.input), identity, registry, journal, observe);
  observe?.({ eventType: "onBegin" });
  const outcome = await workflowSpan(identity, () => run.execute());
  observe?.({ eventType: "onFinish", result: outcome.result, errors: outcome.errors });
  if (options.resultFrom && outcome.state === "done") outcome.result = run.outputOf(options.resultFrom);
  return answer(outcome, identity, options, container);
}

/** Who a new run is. */
export function identityOf(plan: WorkflowPlan, options: RunOptions, container: Container | undefined): RunIdentity {
  const { transactionId: contextId, eventGroupId, ...context } = options.context ?? {};
  const transactionId = String(options.transactionId ?? contextId ?? newRunId());
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

/** Joins the caller's handlers with a further observer; undefined when there is neither. */
export function observerOf(options: RunOptions, transactionId: string, further?: RunObserver): RunObserver | undefined {
  const { events } = options;
  if (!events) return further;
  return (event) => {
    events[event.eventType]?.({ ...event, transactionId });
    further?.(event);
  };
}

/** Turns the end of a run into what its caller gets, or throws the error of a failed one. */
export function answer(
  outcome: RunOutcome,
  identity: { workflowId: string; transactionId: string; runId: string },
  { throwOnError = true, logOnError = false }: RunOptions,
  container: Container | undefined,
): RunResult {
  const { workflowId, transactionId, runId } = identity;
  const hasFailed = outcome.state === "reverted" || outcome.state === "failed";
  const thrownError = hasFailed ? errorToThrow(outcome.errors) : undefined;
  if (hasFailed && logOnError) logFailure(workflowId, transactionId, outcome, container);
  // A plain object on purpose: the same value, whether the run crossed processes or not.
  if (hasFailed && throwOnError) throw thrownError;
  const transaction = new WorkflowTransaction(workflowId, transactionId, runId, outcome);
  const acknowledgement = { transactionId, workflowId, hasFinished: transaction.hasFinished(), hasFailed };
  return { result: outcome.result, errors: outcome.errors, transaction, acknowledgement, ...(hasFailed && { thrownError }) };
}

function logFailure(workflowId: string, transactionId: string, { errors }: RunOutcome, container: Container | undefined): void {
  const logger = container?.resolve<{ error(message: string): void } | undefined>("logger", { allowUnregistered: true });
  for (const { action, handlerType, error } of errors) {
    logger?.error(
      `Workflow "${workflowId}", transaction "${transactionId}": ${handlerType} of step "${action}" failed: ${error.stack ?? error.message}`,
    );
  }
}
