import { shown } from "../shown";
import { runErrors } from "../errors/workflow-errors";
import type { RunEventType } from "./run-observer";
import type { RunOptions } from "./workflow-runner";

const names: ReadonlySet<string> = new Set(
  Object.keys({
    input: true,
    context: true,
    throwOnError: true,
    logOnError: true,
    resultFrom: true,
    events: true,
    transactionId: true,
    container: true,
  } satisfies Record<keyof RunOptions, true>),
);

const eventTypes: ReadonlySet<string> = new Set(
  Object.keys({
    onBegin: true,
    onResume: true,
    onStepBegin: true,
    onStepSuccess: true,
    onStepFailure: true,
    onStepAwaiting: true,
    onStepSkipped: true,
    onCompensateBegin: true,
    onCompensateStepSuccess: true,
    onCompensateStepFailure: true,
    onTimeout: true,
    onFinish: true,
  } satisfies Record<RunEventType, true>),
);

/**
 * Refuses options that a run does not have, and handlers of its events that nobody would call.
 *
 * @throws `workflow.unknown_run_option`, `workflow.unknown_event`, `workflow.bad_handler`
 */
export function checkRunOptions(workflow: string, options: RunOptions): void {
  for (const name in options) {
    if (!names.has(name)) throw runErrors.unknownRunOption(workflow, name, [...names], "input" in options);
  }
  if (options.events !== undefined) checkEventHandlers(workflow, options.events);
}

/** @throws `workflow.unknown_event`, `workflow.bad_handler` */
export function checkEventHandlers(workflow: string, events: object): void {
  if (typeof events !== "object" || events === null) throw runErrors.badHandlers(workflow, shown(events));
  for (const [type, handler] of Object.entries(events)) {
    if (!eventTypes.has(type)) throw runErrors.unknownEvent(workflow, type, [...eventTypes]);
    if (handler !== undefined && typeof handler !== "function") throw runErrors.badHandler(workflow, type, shown(handler));
  }
}
