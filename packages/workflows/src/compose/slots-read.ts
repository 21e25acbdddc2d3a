import type { PlanNode, Slot, WorkflowPlan } from "../plan/plan";
import { nodesIn, templatesOf } from "../plan/plan-walk";
import type { Template } from "../plan/template";

/** Every slot that nodes read, and what is in them, through transforms as well. */
export function slotsReadBy(...nodes: readonly PlanNode[]): Set<Slot> {
  const found = new Set<Slot>();
  for (const node of nodesIn(nodes)) for (const template of templatesOf(node)) readTemplate(template, found);
  return found;
}

/** Whether anything in a workflow depends on its input. */
export function readsInput({ nodes, result }: WorkflowPlan): boolean {
  const found = slotsReadBy(...nodes);
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
