import type { Phase } from "../rows/step-row";
import { WorkflowTransaction } from "../run/outcome";
import type { TransactionContext } from "../run/outcome";
import type { WorkflowExecution } from "./execution-list";

/** A run that is on record, as its caller would see it. */
export function transactionOf(execution: WorkflowExecution): WorkflowTransaction {
  const { workflow_id, transaction_id, run_id, state, context } = execution;
  return new WorkflowTransaction(
    { workflowId: workflow_id, transactionId: transaction_id, runId: run_id },
    {
      state,
      errors: context.errors,
      context: () => contextOf(execution),
    },
  );
}

function contextOf({ context, execution: { steps } }: WorkflowExecution): TransactionContext {
  const done = steps.filter(({ status, key }) => status === "done" && !key.includes("/"));
  const of = <T>(phase: Phase, value: (output: unknown) => T) =>
    Object.fromEntries(done.filter((step) => step.phase === phase).map(({ key, output }) => [key, value(output)]));
  return {
    payload: context.data.input,
    invoke: of("invoke", (output) => ({ output })),
    compensate: of("compensate", () => ({ output: undefined })),
  };
}
