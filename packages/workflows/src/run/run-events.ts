import { masked } from "../plan/secret-parts";
import { secretPaths } from "../plan/secret-paths";
import type { WorkflowPlan } from "../plan/plan";
import { WorkflowTransaction } from "./outcome";
import type { StepFailure } from "./outcome";
import type { RunEventType, RunObserver } from "./run-observer";

/** What those who watch runs are told. */
export interface WorkflowNotification {
  eventType: RunEventType;
  workflowId: string;
  transactionId: string;
  runId: string;
  /** The step that it is about: its key, which is `outer/inner` when it is part of a nested workflow, and its name. */
  step?: { id: string; action: string };
  /** What the step returned; secret parts are hidden. */
  response?: unknown;
  /** Of the run, when it has ended; secret parts are hidden. */
  result?: unknown;
  errors?: (Omit<StepFailure, "error"> & { error: unknown })[];
  /**
   * Of what happened in another process: `response` and `result` are left out, because they are too large to be sent, and
   * errors may be shortened. `retrieveWorkflowExecution` has them, where the run is kept.
   */
  isAbridged?: true;
  /** The run as it stands; of what happened in another process, as it stood then. */
  transaction: WorkflowTransaction;
}

/** What those are told who hear of events of steps. */
export type StepNotification = WorkflowNotification & Required<Pick<WorkflowNotification, "step">>;

/** Called as things happen, in the process of whoever gave them. What a handler throws is logged, and harms nothing. */
export type RunEventHandlers = {
  [Type in RunEventType]?: (notification: Type extends `${string}Step${string}` ? StepNotification : WorkflowNotification) => unknown;
};

/** Is told what happens in runs. */
export type Listener = (notification: WorkflowNotification) => unknown;

/** The run that is watched. */
export interface ObservedRun {
  plan: WorkflowPlan;
  identity: { transactionId: string; runId: string };
}

/** Takes what went wrong in a listener. */
export type ListenerLog = (message: string, error: unknown) => void;

/**
 * Tells the caller's handlers, and further listeners, what happens in a run; undefined when there is nobody to tell.
 *
 * @param listeners Those who want to know at the moment when something happens.
 */
export function observerOf(
  { plan, identity: { transactionId, runId } }: ObservedRun,
  handlers: RunEventHandlers | undefined,
  log: ListenerLog,
  listeners?: () => readonly Listener[],
): RunObserver | undefined {
  if (!handlers && !listeners) return undefined;
  const workflowId = plan.id;
  let transaction: WorkflowTransaction | undefined;
  const toHandlers = handlers && listenerOf(workflowId, handlers, log);
  return ({ step, action, ...event }, run) => {
    const further = listeners?.() ?? [];
    if (!handlers?.[event.eventType] && !further.length) return;
    transaction ??= new WorkflowTransaction({ workflowId, transactionId, runId }, run);
    const notification: WorkflowNotification = { ...event, workflowId, transactionId, runId, transaction };
    if (step !== undefined) notification.step = { id: step, action: action ?? step };
    if (event.result !== undefined) notification.result = masked(event.result, secretPaths(plan)?.result);
    toHandlers?.(notification);
    for (const listener of further) void tell(listener, notification, `A subscriber to workflow "${workflowId}"`, log);
  };
}

/** Tells the handlers that a run was given. */
export function listenerOf(workflowId: string, handlers: RunEventHandlers, log: ListenerLog): (notification: WorkflowNotification) => void {
  return (notification) => {
    // What is about a step has one.
    const handler = handlers[notification.eventType] as Listener | undefined;
    if (handler) void tell(handler, notification, `A handler of the events of workflow "${workflowId}"`, log);
  };
}

/** Tells a listener; what it does wrong is logged, and nobody else's fault. */
export async function tell(listener: Listener, notification: WorkflowNotification, who: string, log: ListenerLog): Promise<void> {
  try {
    await listener(notification);
  } catch (error) {
    log(`${who} failed on ${notification.eventType}`, error);
  }
}
