import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { PlanNode, StepNode, WorkflowPlan } from "./plan";

/** A plan as indented text, one node a line: what runs, in which order, under which conditions. */
export function explainPlan(plan: WorkflowPlan, registry?: WorkflowRegistry): string {
  const lines = [`workflow ${plan.id}${plan.file ? ` (${plan.file})` : ""}`];
  explainNodes(plan, registry, 1, lines);
  return lines.join("\n");
}

function explainNodes(
  plan: WorkflowPlan,
  registry: WorkflowRegistry | undefined,
  depth: number,
  lines: string[],
  nodes = plan.nodes,
): void {
  for (const node of nodes) {
    lines.push("  ".repeat(depth) + explainNode(node, plan, registry));
    if (node.kind === "when" || node.kind === "parallel") explainNodes(plan, registry, depth + 1, lines, node.nodes);
    if (node.kind === "workflow") explainNodes(node.plan, registry, depth + 1, lines);
  }
}

function explainNode(node: PlanNode, plan: WorkflowPlan, registry: WorkflowRegistry | undefined): string {
  switch (node.kind) {
    case "step":
      return explainStep(node);
    case "hook": {
      const handlers = registry?.handlersOf(plan.id, node.key) ?? [];
      return `hook ${node.key}: ${handlers.length === 1 ? "1 handler" : `${handlers.length} handlers`}`;
    }
    case "when":
      return `when ${node.slot.name}`;
    case "parallel":
      return "at the same time";
    case "workflow":
      return `workflow ${node.plan.id}${node.key === `${node.plan.id}-as-step` ? "" : ` as ${node.key}`}`;
  }
}

function explainStep({ key, step, options }: StepNode): string {
  const facts = [
    options.pure ? "pure" : options.transactional ? "transactional" : "plain",
    step.compensate && !options.noCompensation ? "undone on failure" : undefined,
    options.maxRetries ? `${options.maxRetries} retries${options.retryInterval ? ` every ${options.retryInterval} s` : ""}` : undefined,
    options.timeout ? `timeout ${options.timeout} s` : undefined,
    options.async ? "async" : undefined,
  ].filter((fact) => fact !== undefined);
  return `step ${key}${step.name === key ? "" : ` (${step.name})`}: ${facts.join(", ")}`;
}
