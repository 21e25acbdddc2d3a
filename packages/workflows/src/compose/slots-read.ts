import type { PlanNode, Slot, WorkflowPlan } from "../plan/plan";
import type { Template } from "../plan/template";

/** Every slot that a node reads, through transforms as well. */
export function readsOf(node: PlanNode, found = new Set<Slot>()): Set<Slot> {
  if (node.kind === "step" || node.kind === "workflow") readTemplate(node.input, found);
  if (node.kind === "hook") readTemplate(node.payload, found);
  if (node.kind === "when") {
    readTemplate(node.values, found);
    readTemplate(node.result, found);
  }
  if (node.kind === "when" || node.kind === "parallel") for (const inner of node.nodes) readsOf(inner, found);
  return found;
}

/** Whether anything in a workflow depends on its input. */
export function readsInput({ nodes, result }: WorkflowPlan): boolean {
  const found = new Set<Slot>();
  for (const node of nodes) readsOf(node, found);
  readTemplate(result, found);
  return [...found].some(({ index }) => index === 0);
}

function readTemplate(template: Template | undefined, found: Set<Slot>): void {
  for (const slot of template?.reads ?? []) {
    if (found.has(slot)) continue;
    found.add(slot);
    readTemplate(slot.transform?.values, found);
  }
}
