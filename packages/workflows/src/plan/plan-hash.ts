import { createHash } from "node:crypto";
import { readsOf } from "./note-keys";
import type { NotedNode } from "./note-keys";
import type { PlanNode } from "./plan";

/** A short text that changes when nodes are added, removed, renamed or reordered. */
export function hashPlan(nodes: readonly PlanNode[], version: string | number | undefined): string {
  return digest([version ?? null, nodes.map(outline)]);
}

/**
 * A short text that changes when there are other transforms and conditions, when they read something else, or feed something
 * else. What their functions do does not change it.
 */
export function hashNotes(notes: readonly NotedNode[], nodes: readonly PlanNode[]): string {
  return digest([notes.map(({ key, node }) => [key, readsOf(node.values)]), [...nested(nodes)]]);
}

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 16);

function* nested(nodes: readonly PlanNode[]): Generator<[key: string, notesHash: string]> {
  for (const node of nodes) {
    if (node.kind === "workflow") yield [node.key, node.plan.notesHash];
    else if (node.kind === "when" || node.kind === "parallel") yield* nested(node.nodes);
  }
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
