import { failSpan, isTracing, openSpan, traceparentOf, withSpan } from "@velella/kernel";
import type { Phase } from "../rows/step-row";

/** The run that a span is of. */
interface TracedRun {
  workflowId: string;
  transactionId: string;
  runId: string;
}

/** How a run ended, as far as spans tell it. */
interface TracedOutcome {
  state: string;
  errors: readonly { error: { message: string } }[];
}

/** The attempt of a step that a span is of. */
interface TracedAttempt {
  workflowId: string;
  stepName: string;
  action: Phase;
  attempt: number;
  idempotencyKey: string;
}

/** The span of a run, or of what this process does of it. */
export interface WorkflowSpan {
  /** What a process that goes on with the run is to link to. */
  readonly traceparent: string;
  /** Runs it inside of the span, which ends with it. */
  around<T extends TracedOutcome>(run: () => Promise<T>): Promise<T>;
  /** Ends the span of a run that did not come about. */
  end(): void;
}

/**
 * Begins the span of a run; undefined where nothing is traced.
 *
 * @param first The span in which a run that is taken up began, as it was stored.
 */
export function openWorkflowSpan(traced: TracedRun, first?: string): WorkflowSpan | undefined {
  if (!isTracing()) return undefined;
  const attributes = {
    "velella.workflow.id": traced.workflowId,
    "velella.workflow.transaction_id": traced.transactionId,
    "velella.workflow.run_id": traced.runId,
  };
  const opened = openSpan(`workflow ${traced.workflowId}`, attributes, { isFailure, ...(first !== undefined && { links: [first] }) });
  if (!opened) return undefined;
  const { span } = opened;
  return {
    traceparent: traceparentOf(span),
    around: (run) =>
      opened.around(async () => {
        const outcome = await run();
        span.setAttribute("velella.workflow.state", outcome.state);
        if (outcome.errors[0] && outcome.state !== "done") failSpan(span, outcome.errors[0].error);
        return outcome;
      }),
    end: () => span.end(),
  };
}

/** A span around a run. Plainly the run where nothing is traced. */
export function workflowSpan<T extends TracedOutcome>(traced: TracedRun, run: () => Promise<T>): Promise<T> {
  const span = openWorkflowSpan(traced);
  return span ? span.around(run) : run();
}

/** A run that waits for an answer or a later time goes on then; that is no failure. */
function isFailure(error: unknown): boolean {
  const { name, kind } = error as { name?: string; kind?: string };
  return name !== "Interruption" || kind !== "waiting";
}

/** A span around one attempt of a step, or of its compensation. Plainly the attempt where nothing is traced. */
export function stepSpan<T>(traced: TracedAttempt, run: () => T): T {
  if (!isTracing()) return run();
  const attributes = {
    "velella.workflow.id": traced.workflowId,
    "velella.step.name": traced.stepName,
    "velella.step.action": traced.action,
    "velella.step.attempt": traced.attempt,
    "velella.step.idempotency_key": traced.idempotencyKey,
  };
  return withSpan(`${traced.action === "compensate" ? "undo" : "step"} ${traced.stepName}`, attributes, run);
}
