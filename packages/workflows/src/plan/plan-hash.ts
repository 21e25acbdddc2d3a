import { createHash } from "node:crypto";
import { readsOf } from "./note-keys";
import type { NotedNode } from "./note-keys";
import type { PlanNode } from "./plan";
import { workIn } from "./plan-walk";

/** A short text that changes when nodes are added, removed, renamed or reordered. */
export function hashPlan(nodes: readonly PlanNode[], version: string | number | undefined): string {
  return digest([version ?? null, nodes.map(outline)]);
}

/**
 * A short text that changes when there are other transforms and conditions, when they read something else, or feed something
 * else. What their functions do does not change it.
 */
export function hashNotes(notes: readonly NotedNode[], nodes: readonly PlanNode[]): string {
  return digest([notes.map(({ key, node }) => [key, readsOf(node.values)]), nestedIn(nodes)]);
}

const digest = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 16);

function nestedIn(nodes: readonly PlanNode[]): [key: string, notesHash: string][] {
  return [...workIn(nodes)].flatMap((node) => (node.kind === "workflow" ? [[node.key, node.plan.notesHash]] : []));
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
