import type { WorkflowPlan } from "../plan/plan";
import type { StepAddress } from "../run/workflow-runner";
import { engineErrors } from "./errors";

/** Reads the address of a step from its idempotency key, `workflow:transaction:step:action`. */
export function addressOf(key: string | StepAddress): StepAddress {
  if (typeof key !== "string") return key;
  // The transaction id may contain colons, the others do not.
  const match = /^([^:]+):(.+):([^:]+):(invoke|compensate)$/.exec(key);
  if (!match) throw engineErrors.badKey(key);
  const [, workflowId = "", transactionId = "", stepId = "", action] = match;
  return { workflowId, transactionId, stepId, action: action as "invoke" | "compensate" };
}

/** The key of a step by its name: the step itself, or the only one of that name in a nested workflow. */
export function stepKeyOf(plan: WorkflowPlan | undefined, stepId: string): string {
  if (!plan || plan.steps.has(stepId)) return stepId;
  const nested = [...plan.steps.keys()].filter((key) => key.endsWith(`/${stepId}`));
  return nested.length === 1 && nested[0] !== undefined ? nested[0] : stepId;
}
