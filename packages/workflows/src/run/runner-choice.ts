import { runErrors } from "../errors/workflow-errors";
import type { PlanNode, WorkflowPlan } from "../plan/plan";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { isOneStretch } from "./stretch";

/**
 * How a run is made. `direct`: of plain function calls. `atomic`: the same, with all effects and events in one transaction.
 * `journalled`: every step is put on record.
 */
export type RunnerChoice = "direct" | "atomic" | "journalled";

/**
 * Chooses the cheapest way in which a kill at any moment leaves nothing half done: without records where there is one effect at
 * most and no event that has to follow it, or where the database does all of it or nothing.
 *
 * @param named The caller chose the transaction id, and may rely on it to start the run only once.
 * @param isQuiet Runs of the plan are known to emit nothing.
 */
export function chooseRunner(plan: WorkflowPlan, registry: WorkflowRegistry, named: boolean, isQuiet: boolean): RunnerChoice {
  const { options, needs } = plan;
  const keepsRuns = options.store || options.retentionTime !== undefined || options.idempotent;
  if (options.durable === false) {
    if (needs.waits || keepsRuns) throw runErrors.needsJournal(plan.id);
    return "direct";
  }
  if (needs.waits || keepsRuns || options.timeout || needs.nestedTime) return "journalled";
  const effects = needs.effects + handlers(plan.nodes, plan.id, registry);
  if (effects === 0 || (effects === 1 && isQuiet && !needs.emits && !named)) return "direct";
  return !named && isOneStretch(plan, registry) ? "atomic" : "journalled";
}

function handlers(nodes: readonly PlanNode[], id: string, registry: WorkflowRegistry): number {
  let count = 0;
  for (const node of nodes) {
    if (node.kind === "hook") count += registry.handlersOf(id, node.key).length;
    else if (node.kind === "when" || node.kind === "parallel") count += handlers(node.nodes, id, registry);
    else if (node.kind === "workflow") count += handlers(node.plan.nodes, node.plan.id, registry);
  }
  return count;
}
