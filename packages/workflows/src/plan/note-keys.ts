import { createHash } from "node:crypto";
import type { PlanNode, Slot, TransformNode, WhenNode } from "./plan";
import type { Template } from "./template";

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** A computed value that runs note in the journal: a transform, or the decision of a condition. */
export interface NotedNode {
  /** What the journal calls it, within its plan. */
  readonly key: string;
  readonly node: TransformNode | WhenNode;
}

/**
 * Names what runs note, by what gets it: a transform by the first place that it feeds, a condition without a name by what
 * stands in it. So a note belongs to the same value in the next version of the code, whatever was added before it.
 * Transforms that nobody reads keep the name they have: they are never computed.
 *
 * @returns what can be noted, in the order of the plan.
 */
export function nameNotes(nodes: readonly PlanNode[], result: Template | undefined): readonly NotedNode[] {
  const named = new Map<string, TransformNode | WhenNode>();
  const seen = new Set<Slot>();
  const give = (node: Draft<TransformNode | WhenNode>, key: string) => {
    // "a.b" may be a step, and a property of what step "a" is given.
    while (named.has(key)) key += "'";
    node.key = key;
    named.set(key, node);
  };
  const feed = (template: Template | undefined, place: string) => {
    for (const { slot, at } of template?.references ?? []) {
      if (!slot.transform || seen.has(slot)) continue;
      seen.add(slot);
      const fed = [place, ...at].join(".");
      give(slot.transform, `transform>${fed}`);
      feed(slot.transform.values, `${fed}<`);
    }
  };
  const visit = (inner: readonly PlanNode[]) => {
    for (const node of inner) {
      if (node.kind === "step" || node.kind === "workflow") feed(node.input, node.key);
      else if (node.kind === "hook") feed(node.payload, node.key);
      else if (node.kind === "parallel") visit(node.nodes);
      else {
        if (isNamed(node)) named.set(node.key, node);
        else give(node, keyOfUnnamed(node));
        feed(node.values, `${node.key}?`);
        visit(node.nodes);
        feed(node.result, `${node.key}!`);
      }
    }
  };
  visit(nodes);
  feed(result, "result");
  return [...named].map(([key, node]) => ({ key, node }));
}

/** Whether its author named a condition: then it is the same condition whatever it asks. */
const isNamed = ({ key, slot }: WhenNode): boolean => slot.name !== key && !key.startsWith("when>");

function keyOfUnnamed({ key, nodes }: WhenNode): string {
  return `when>${firstOf(nodes) ?? key.slice("when".length)}`;
}

function firstOf([node]: readonly PlanNode[]): string | undefined {
  if (!node) return undefined;
  if (node.kind === "parallel") return firstOf(node.nodes);
  return node.kind === "when" && !isNamed(node) ? keyOfUnnamed(node) : node.key;
}

/** Which parts of which values a template reads, without the numbers by which nameless ones are counted. */
export function readsOf(template: Template): string[] {
  return template.references.map(({ at, slot, path }) => {
    const source = slot.transform ? "transform" : slot.name.replace(/^when#\d+$/, "when");
    return `${at.join(".")}=${[source, ...path].join(".")}`;
  });
}

const marks = new WeakMap<TransformNode | WhenNode, string>();

/**
 * Tells computed values apart that have changed places: a short text made of what it reads and of the source of its
 * functions. Undefined for a condition with a name.
 */
export function markOf(node: TransformNode | WhenNode): string | undefined {
  if (node.kind === "when" && isNamed(node)) return undefined;
  const known = marks.get(node);
  if (known) return known;
  const functions = node.kind === "when" ? [node.condition] : node.functions;
  const mark = createHash("sha256")
    .update(JSON.stringify([node.kind, readsOf(node.values), functions.map(String)]))
    .digest("base64url")
    .slice(0, 10);
  marks.set(node, mark);
  return mark;
}
