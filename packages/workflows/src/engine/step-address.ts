import type { PlanNode, WorkflowPlan } from "../plan/plan";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { StepAddress } from "../run/workflow-runner";
import type { StepOfRun } from "../store/execution-steering";
import { engineErrors } from "./errors";

/** Reads the address of a step from its idempotency key, `workflow:transaction:step:action`. */
export function addressOf(key: string | StepAddress | undefined): StepAddress {
  if (typeof key !== "string") return checkedAddress(key);
  // The transaction id may contain colons, the others do not.
  const match = /^([^:]+):(.+):([^:]+):(invoke|compensate)$/.exec(key);
  if (!match) throw engineErrors.badKey(key);
  const [, workflowId = "", transactionId = "", stepId = "", action] = match;
  return { workflowId, transactionId, stepId, action: action as "invoke" | "compensate" };
}

function checkedAddress(address: StepAddress | undefined): StepAddress {
  const given = typeof address === "object" && address !== null ? address : undefined;
  if (!given) throw engineErrors.badAddress("idempotencyKey", String(address));
  for (const part of ["workflowId", "transactionId", "stepId"] as const) {
    const value: unknown = given[part];
    if (typeof value !== "string" || !value)
      throw engineErrors.badAddress(`idempotencyKey.${part}`, JSON.stringify(value) ?? String(value));
  }
  const { action } = given;
  if (action !== undefined && action !== "invoke" && action !== "compensate")
    throw engineErrors.badAddress("idempotencyKey.action", JSON.stringify(action));
  return given;
}

/** The key of a step by its name: the step itself, or the only one of that name in a nested workflow. */
export function stepKeyOf(plan: WorkflowPlan | undefined, stepId: string): string {
  if (!plan || plan.steps.has(stepId)) return stepId;
  const nested = [...plan.steps.keys()].filter((key) => key.endsWith(`/${stepId}`));
  return nested.length === 1 && nested[0] !== undefined ? nested[0] : stepId;
}

/** The steps of this name in a workflow where it is part of others: they belong to runs of these. */
export function nestedSteps(registry: WorkflowRegistry, workflowId: string, stepId: string): StepOfRun[] {
  return registry
    .list()
    .flatMap((plan) => [...stepsWithin(plan.nodes, "", workflowId, stepId)].map((key) => ({ workflowId: plan.id, key })));
}

function* stepsWithin(nodes: readonly PlanNode[], prefix: string, workflowId: string, stepId: string): Generator<string> {
  for (const node of nodes) {
    if (node.kind === "when" || node.kind === "parallel") yield* stepsWithin(node.nodes, prefix, workflowId, stepId);
    if (node.kind !== "workflow") continue;
    const inner = `${prefix}${node.key}/`;
    if (node.plan.id === workflowId && node.plan.steps.has(stepId)) yield inner + stepId;
    yield* stepsWithin(node.plan.nodes, inner, workflowId, stepId);
  }
}
