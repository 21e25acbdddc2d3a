import type { WorkflowPlan } from "../plan/plan";
import { plansIn } from "../plan/plan-walk";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { Phase } from "../rows/step-row";
import type { StepAddress } from "../run/workflow-runner";
import type { StepOfRun } from "../store/execution-steering";
import { shown } from "../shown";
import { engineErrors } from "../errors/engine-errors";

/**
 * The steps that an idempotency key, `workflow:transaction:step:action`, may mean. Each of the three names may contain colons:
 * where the key can be read in several ways, those count whose workflow is known and has the step.
 *
 * @throws `engine.bad_key`, `engine.bad_address`
 */
export function addressesOf(key: string | StepAddress | undefined, registry: WorkflowRegistry): StepAddress[] {
  if (typeof key !== "string") return [checkedAddress(key)];
  const known = [...readings(key, registry)];
  // The code that made the run may not be here: then it is read as if only the transaction id had colons.
  return (known.length ? known : [usualReading(key)]).map(checkedAddress);
}

function* readings(key: string, registry: WorkflowRegistry): Generator<StepAddress> {
  const parts = key.split(":");
  const action = parts.pop();
  if (action !== "invoke" && action !== "compensate") return;
  for (let i = 1; i < parts.length - 1; i++) {
    const workflowId = parts.slice(0, i).join(":");
    const plan = registry.get(workflowId);
    if (!plan) continue;
    for (let j = i + 1; j < parts.length; j++) {
      const [transactionId, stepId] = [parts.slice(i, j).join(":"), parts.slice(j).join(":")];
      if (transactionId && plan.steps.has(stepKeyOf(plan, stepId))) yield { workflowId, transactionId, stepId, action };
    }
  }
}

function usualReading(key: string): StepAddress {
  const match = /^([^:]+):(.+):([^:]+):(invoke|compensate)$/s.exec(key);
  if (!match) throw engineErrors.badKey(key);
  const [, workflowId = "", transactionId = "", stepId = "", action] = match;
  return { workflowId, transactionId, stepId, action: action as Phase };
}

function checkedAddress(address: StepAddress | undefined): StepAddress {
  const given = typeof address === "object" && address !== null ? address : undefined;
  if (!given) throw engineErrors.badAddress("idempotencyKey", shown(address));
  for (const part of ["workflowId", "transactionId", "stepId"] as const) {
    const value: unknown = given[part];
    if (typeof value !== "string" || !value) throw engineErrors.badAddress(`idempotencyKey.${part}`, shown(value));
    if (value.includes("\0")) throw engineErrors.badAddress(`idempotencyKey.${part}`, `${shown(value)}, with a character that no id has`);
  }
  const { action } = given;
  if (action !== undefined && action !== "invoke" && action !== "compensate")
    throw engineErrors.badAddress("idempotencyKey.action", shown(action));
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
  return registry.list().flatMap((plan) => {
    const [, ...nested] = plansIn(plan);
    const having = nested.filter((inner) => inner.plan.id === workflowId && inner.plan.steps.has(stepId));
    return having.map(({ prefix }) => ({ workflowId: plan.id, key: prefix + stepId }));
  });
}
