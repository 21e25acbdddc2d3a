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

/**
 * Finds a run: the one that goes on, or else the last one.
 *
 * @throws when there is none, or when runs of several workflows have the transaction id.
 */
export async function findExecution(app: App, { id, workflow }: ExecutionChoice): Promise<WorkflowExecution> {
  const [byId] = await app.engine.listWorkflowExecutions({ id });
  if (byId) return byId;
  const found = await app.engine.listWorkflowExecutions({ transaction_id: id, workflow_id: workflow });
  const workflows = [...new Set(found.map(({ workflow_id }) => workflow_id))];
  if (workflows.length > 1) throw cliErrors.severalExecutions(id, workflows);
  const execution = found.find(isUnderWay) ?? found[0];
  if (!execution) throw cliErrors.noExecution(id, workflow);
  return execution;
}

/** Whether a run has not come to its end. */
export function isUnderWay({ state }: Pick<WorkflowExecution, "state">): boolean {
  return state !== "done" && state !== "reverted" && state !== "failed";
}
