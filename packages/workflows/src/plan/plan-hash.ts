import { createHash } from "node:crypto";
import type { PlanNode } from "./plan";

/** A short text that changes when nodes are added, removed, renamed or reordered. */
export function hashPlan(nodes: readonly PlanNode[], version: string | number | undefined): string {
  return createHash("sha256")
    .update(JSON.stringify([version ?? null, nodes.map(outline)]))
    .digest("base64url")
    .slice(0, 16);
}

function outline(node: PlanNode): unknown {
  switch (node.kind) {
    case "step":
      return ["step", node.key, node.step.name];
    case "hook":
      return ["hook", node.key];
    case "when":
      return ["when", node.key, node.nodes.map(outline)];
    case "parallel":
      return ["parallel", node.nodes.map(outline)];
    case "workflow":
      return ["workflow", node.key, node.plan.id, node.plan.hash];
  }
}
