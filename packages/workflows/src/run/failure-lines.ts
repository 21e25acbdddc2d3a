import type { StepFailure } from "./outcome";

/** What failed in a run, a line of the log each: workflow, transaction, step, attempt, and the stack. */
export function failureLines(run: { workflowId: string; transactionId: string }, errors: readonly StepFailure[]): string[] {
  return errors.map(({ action, handlerType, error, step = action, attempt }) => {
    const what = step === run.workflowId ? "it" : `${handlerType === "compensate" ? "undoing step" : "step"} "${step}"`;
    const number = attempt === undefined ? "" : `, attempt ${attempt},`;
    return `Workflow "${run.workflowId}", transaction "${run.transactionId}": ${what}${number} failed: ${error.stack ?? error.message}`;
  });
}
