import { runErrors } from "../errors";
import type { PlanNode, WorkflowPlan } from "../plan/plan";
import type { WorkflowRegistry } from "../registry/workflow-registry";

/**
 * Whether a run may be made of plain function calls. True when a kill at any moment leaves nothing half done: there is
 * one effect at most, and no event that has to follow it. Everything else is journalled.
 *
 * @param named The caller chose the transaction id, and may rely on it to start the run only once.
 * @param isQuiet Runs of the plan are known to emit nothing.
 */
export function runsDirectly(plan: WorkflowPlan, registry: WorkflowRegistry, named: boolean, isQuiet: boolean): boolean {
  const { options, needs } = plan;
  const keepsRuns = options.store || options.retentionTime !== undefined || options.idempotent;
  if (options.durable === false) {
    if (needs.waits || keepsRuns) throw runErrors.needsJournal(plan.id);
    return true;
  }
  if (needs.waits || keepsRuns || options.timeout !== undefined) return false;
  const effects = needs.effects + handlers(plan.nodes, plan.id, registry);
  return effects === 0 || (effects === 1 && isQuiet && !needs.emits && !named);
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
