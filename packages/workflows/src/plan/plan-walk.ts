import type { HookNode, PlanNode, StepNode, WorkflowNode, WorkflowPlan } from "./plan";
import type { Template } from "./template";

/** A node that does something, where the others only hold such nodes. */
export type WorkNode = StepNode | HookNode | WorkflowNode;

/** A plan within a run: its own, or that of a nested workflow. */
export interface PlanWithin {
  plan: WorkflowPlan;
  /** What the keys of its nodes begin with in the run, such as `outer/`. */
  prefix: string;
}

/** A node within a run. */
export interface NodeWithin extends PlanWithin {
  node: PlanNode;
  /** The keys, in the run, of the conditions around it, the outermost first. */
  conditions: readonly string[];
}

/** All nodes of one plan, in the order of its composer: those of a condition or a group after it. */
export function* nodesIn(nodes: readonly PlanNode[]): Generator<PlanNode> {
  for (const node of nodes) {
    yield node;
    if (node.kind === "when" || node.kind === "parallel") yield* nodesIn(node.nodes);
  }
}

/** The steps, hooks and nested workflows of one plan, in the order of its composer, wherever they stand in it. */
export function* workIn(nodes: readonly PlanNode[]): Generator<WorkNode> {
  for (const node of nodesIn(nodes)) if (node.kind !== "when" && node.kind !== "parallel") yield node;
}

/** Whether a step, a hook or a nested workflow with this key is among nodes, or in a condition or a group among them. */
export function contains(nodes: readonly PlanNode[], key: string): boolean {
  for (const node of workIn(nodes)) if (node.key === key) return true;
  return false;
}

/** A plan, and those of the workflows that are nested in it, at any depth. */
export function* plansIn(plan: WorkflowPlan, prefix = ""): Generator<PlanWithin> {
  yield { plan, prefix };
  for (const node of nodesIn(plan.nodes)) if (node.kind === "workflow") yield* plansIn(node.plan, `${prefix}${node.key}/`);
}

/** All nodes of a plan and of the workflows that are nested in it. */
export function nodesOfRun(plan: WorkflowPlan): Generator<NodeWithin> {
  return nodesWithin(plan.nodes, { plan, prefix: "", conditions: [] });
}

function* nodesWithin(nodes: readonly PlanNode[], within: Omit<NodeWithin, "node">): Generator<NodeWithin> {
  const { prefix, conditions } = within;
  for (const node of nodes) {
    yield { ...within, node };
    if (node.kind === "parallel") yield* nodesWithin(node.nodes, within);
    else if (node.kind === "when") yield* nodesWithin(node.nodes, { ...within, conditions: [...conditions, prefix + node.key] });
    else if (node.kind === "workflow") {
      yield* nodesWithin(node.plan.nodes, { plan: node.plan, prefix: `${prefix}${node.key}/`, conditions });
    }
  }
}

/** What a node itself is given or yields: not what the nodes in it do. */
export function templatesOf(node: PlanNode): readonly (Template | undefined)[] {
  switch (node.kind) {
    case "step":
    case "workflow":
      return [node.input];
    case "hook":
      return [node.payload];
    case "when":
      return [node.values, node.result];
    case "parallel":
      return [];
  }
}
