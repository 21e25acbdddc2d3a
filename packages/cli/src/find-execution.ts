import type { App } from "@velella/framework";
import type { WorkflowExecution } from "@velella/workflows";
import { cliErrors } from "./errors";

/** Which run a person means. */
export interface ExecutionChoice {
  /** Id of the run (`wf_exec_…`), or its transaction id. */
  id: string;
  /** The workflow, where several have a run with this transaction id. */
  workflow?: string;
}

/** The run that was meant. */
export type FoundExecution = Pick<WorkflowExecution, "id" | "workflow_id" | "transaction_id" | "state">;

const select = ["id", "workflow_id", "transaction_id", "state"];

/**
 * Finds a run: the one that goes on, or else the last one.
 *
 * @throws when there is none, or when runs of several workflows have the transaction id.
 */
export async function findExecution(app: App, { id, workflow }: ExecutionChoice): Promise<FoundExecution> {
  const [byId] = await app.engine.listWorkflowExecutions({ id }, { select });
  if (byId) return byId;
  const found = await app.engine.listWorkflowExecutions({ transaction_id: id, workflow_id: workflow }, { select });
  const workflows = [...new Set(found.map(({ workflow_id }) => workflow_id))];
  if (workflows.length > 1) throw cliErrors.severalExecutions(id, workflows);
  const execution = found.find(isUnderWay) ?? found[0];
  if (!execution) throw cliErrors.noExecution(id, workflow);
  return execution;
}

/** How the engine is told which run: by the run's own id where that was given, or else by its transaction id. */
export function namedBy({ id }: ExecutionChoice, found: FoundExecution): { executionId: string } | { transactionId: string } {
  return id === found.id ? { executionId: found.id } : { transactionId: found.transaction_id };
}

/** Whether a run has not come to its end. */
export function isUnderWay({ state }: Pick<WorkflowExecution, "state">): boolean {
  return state !== "done" && state !== "reverted" && state !== "failed";
}
