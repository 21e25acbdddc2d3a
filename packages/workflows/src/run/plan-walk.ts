import type { PlanNode, Slot, StepNode } from "../plan/plan";

/** Whether a node with this key is among the nodes, or in a condition or a group among them. */
export function contains(nodes: readonly PlanNode[], key: string): boolean {
  return nodes.some((node) => (node.kind === "when" || node.kind === "parallel" ? contains(node.nodes, key) : node.key === key));
}

/** Whether a step may share a transaction with those like it that stand next to it. */
export const canShare = ({ options: { transactional, async, timeout } }: StepNode): boolean =>
  transactional === "shared" && !async && !timeout;

/** The steps, from one node on, that may share one transaction. */
export function sharingFrom(nodes: readonly PlanNode[], start: number): readonly StepNode[] {
  const steps: StepNode[] = [];
  for (let i = start; i < nodes.length; i++) {
    const node = nodes[i] as PlanNode;
    if (node.kind !== "step" || !canShare(node)) break;
    steps.push(node);
  }
  return steps;
}

/** The steps, hooks and nested workflows among the nodes, with the slots that hold what they returned. */
export function* slotsOf(nodes: readonly PlanNode[]): Generator<[key: string, slot: Slot]> {
  for (const node of nodes) {
    if (node.kind === "when" || node.kind === "parallel") yield* slotsOf(node.nodes);
    else yield [node.key, node.slot];
  }
}
