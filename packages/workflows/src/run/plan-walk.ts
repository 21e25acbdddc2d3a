import type { PlanNode, Slot } from "../plan/plan";

/** Whether a node with this key is among the nodes, or in a condition or a group among them. */
export function contains(nodes: readonly PlanNode[], key: string): boolean {
  return nodes.some((node) => (node.kind === "when" || node.kind === "parallel" ? contains(node.nodes, key) : node.key === key));
}

/** The steps, hooks and nested workflows among the nodes, with the slots that hold what they returned. */
export function* slotsOf(nodes: readonly PlanNode[]): Generator<[key: string, slot: Slot]> {
  for (const node of nodes) {
    if (node.kind === "when" || node.kind === "parallel") yield* slotsOf(node.nodes);
    else yield [node.key, node.slot];
  }
}
