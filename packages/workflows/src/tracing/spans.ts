import { failSpan, isTracing, withSpan } from "@velella/kernel";
import type { Span } from "@velella/kernel";

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
  action: "invoke" | "compensate";
  attempt: number;
  idempotencyKey: string;
}

/** A span around a run, or around what this process does of it. Plainly the run where nothing is traced. */
export function workflowSpan<T extends TracedOutcome>(traced: TracedRun, run: () => Promise<T>): Promise<T> {
  if (!isTracing()) return run();
  const attributes = {
    "velella.workflow.id": traced.workflowId,
    "velella.workflow.transaction_id": traced.transactionId,
    "velella.workflow.run_id": traced.runId,
  };
  const toEnd = async (span?: Span) => {
    const outcome = await run();
    span?.setAttribute("velella.workflow.state", outcome.state);
    if (span && outcome.errors[0] && outcome.state !== "done") failSpan(span, outcome.errors[0].error);
    return outcome;
  };
  return withSpan(`workflow ${traced.workflowId}`, attributes, toEnd, { isFailure });
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
