import type { PlanNode, StepNode, WorkflowPlan } from "../plan/plan";
import { handlerKeys } from "../registry/handler-keys";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { Journal } from "./journal";
import type { Scope } from "./scope";

/** Nodes that follow each other, and may be done in one transaction. */
export interface Stretch {
  nodes: readonly PlanNode[];
  /** How many of their steps have effects, at most. */
  steps: number;
}

/** The longest stretch that begins with one node of a plan, or of a condition in it; an empty one where that cannot be. */
export function stretchFrom(nodes: readonly PlanNode[], start: number, plan: WorkflowPlan, registry: WorkflowRegistry): Stretch {
  let steps = 0;
  let end = start;
  for (; end < nodes.length; end++) {
    const sharing = sharingIn(nodes[end] as PlanNode, plan, registry);
    if (sharing === undefined) break;
    steps += sharing;
  }
  return { nodes: nodes.slice(start, end), steps };
}

/**
 * Whether all effects of a plan, and all that comes after them, are one stretch: it happens as a whole, or not at all.
 */
export function isOneStretch(plan: WorkflowPlan, registry: WorkflowRegistry): boolean {
  if (!plan.needs.shares) return false;
  const first = plan.nodes.findIndex((node) => hasEffects(node, plan, registry));
  return first >= 0 && first + stretchFrom(plan.nodes, first, plan, registry).nodes.length === plan.nodes.length;
}

/** The steps among nodes that may share a transaction, wherever they stand; undefined where something else stands there. */
function sharingIn(node: PlanNode, plan: WorkflowPlan, registry: WorkflowRegistry): number | undefined {
  switch (node.kind) {
    case "step":
      return mayShare(node) ? 1 : onlyEmits(node) ? 0 : undefined;
    case "when":
      return sumOf(node.nodes, plan, registry);
    case "workflow":
      return sumOf(node.plan.nodes, node.plan, registry);
    case "hook":
      return registry.handlersOf(plan.id, node.key).length ? undefined : 0;
    case "parallel":
      // One transaction does one thing after the other.
      return undefined;
  }
}

function sumOf(nodes: readonly PlanNode[], plan: WorkflowPlan, registry: WorkflowRegistry): number | undefined {
  let sum = 0;
  for (const node of nodes) {
    const sharing = sharingIn(node, plan, registry);
    if (sharing === undefined) return undefined;
    sum += sharing;
  }
  return sum;
}

const mayShare = ({ options: { transactional, async, timeout } }: StepNode): boolean => transactional === "shared" && !async && !timeout;

/** A pure step that reads would not see what the transaction has written; one that emits has nothing to read. */
const onlyEmits = ({ options: { pure, emits, async, timeout } }: StepNode): boolean => Boolean(pure && emits && !async && !timeout);

function hasEffects(node: PlanNode, plan: WorkflowPlan, registry: WorkflowRegistry): boolean {
  switch (node.kind) {
    case "step":
      return !node.options.pure;
    case "hook":
      return registry.handlersOf(plan.id, node.key).length > 0;
    case "workflow":
      return node.plan.nodes.some((inner) => hasEffects(inner, node.plan, registry));
    default:
      return node.nodes.some((inner) => hasEffects(inner, plan, registry));
  }
}

/** Whether something is on record of a step, or of a handler of a hook, among nodes. */
export function isOnRecord(
  nodes: readonly PlanNode[],
  scope: Pick<Scope, "plan" | "prefix">,
  journal: Pick<Journal, "recorded" | "recall">,
  registry: WorkflowRegistry,
): boolean {
  const { plan, prefix } = scope;
  const isKnown = (key: string) => (journal.recorded(prefix + key, "invoke") ?? journal.recall(prefix + key)) !== undefined;
  return nodes.some((node) => {
    switch (node.kind) {
      case "step":
        return isKnown(node.key);
      case "workflow":
        return isOnRecord(node.plan.nodes, { plan: node.plan, prefix: `${prefix}${node.key}/` }, journal, registry);
      case "hook":
        return handlerKeys(node.key, registry.handlersOf(plan.id, node.key)).some(isKnown);
      default:
        return isOnRecord(node.nodes, scope, journal, registry);
    }
  });
}
