import { runErrors } from "../errors/workflow-errors";
import type { WorkflowPlan } from "../plan/plan";

/**
 * Checks the step that a caller wants the output of: one of the workflow itself, not of one nested in it.
 *
 * @throws `workflow.unknown_result_from`
 */
export function checkResultFrom(plan: WorkflowPlan, resultFrom: string): void {
  const known = [...plan.steps.keys()].filter((key) => !key.includes("/"));
  if (!known.includes(resultFrom)) throw runErrors.unknownResultFrom(plan.id, resultFrom, known);
}
