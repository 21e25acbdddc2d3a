import { composeErrors } from "../errors/workflow-errors";
import type { PlanNode } from "../plan/plan";
import { workIn } from "../plan/plan-walk";

/** Refuses `skipOnPermanentFailure` with the name of a step that does not come later: all that follows would be skipped. */
export function checkSkipTargets(workflow: string, nodes: readonly PlanNode[]): void {
  const inOrder = [...workIn(nodes)];
  const keys = inOrder.map(({ key }) => key);
  inOrder.forEach((node, i) => {
    const target = node.kind === "step" ? node.options.skipOnPermanentFailure : undefined;
    if (typeof target !== "string") return;
    const later = keys.slice(i + 1);
    if (!later.includes(target)) throw composeErrors.unknownSkipTarget(workflow, node.key, target, later);
  });
}
