import type { PlanNode, WorkflowPlan } from "../plan/plan";
import { nodesIn, templatesOf } from "../plan/plan-walk";
import type { Template } from "../plan/template";

/**
 * In what two workflows of one id differ: in their steps, or in what these do. Undefined where they are the same. Functions
 * are the same where their texts are, so that two copies of one library do not get in each other's way.
 */
export function differenceOf(one: WorkflowPlan, other: WorkflowPlan): "steps" | "functions" | undefined {
  if (one.hash !== other.hash) return "steps";
  const [texts, others] = [functionsOf(one), functionsOf(other)];
  return texts.length === others.length && texts.every((text, i) => text === others[i]) ? undefined : "functions";
}

function functionsOf({ nodes, result }: WorkflowPlan): string[] {
  const functions: unknown[] = [...[...nodesIn(nodes)].flatMap(functionsOfNode), ...functionsIn(result)];
  return functions.map(String);
}

function functionsOfNode(node: PlanNode): unknown[] {
  const own = node.kind === "step" ? [node.step.invoke, node.step.compensate] : node.kind === "when" ? [node.condition] : [];
  return [...own, ...templatesOf(node).flatMap(functionsIn)];
}

/** Those of the transforms that a template reads. */
function functionsIn(template: Template | undefined): unknown[] {
  return (template?.transforms ?? []).flatMap(({ transform }) =>
    transform ? [...transform.functions, ...functionsIn(transform.values)] : [],
  );
}
