import type { PlanNode, StepNode, WorkflowPlan, WorkflowRegistry } from "@velella/workflows";

/** One node of a plan, as it is printed. */
export interface PlanLine {
  kind: PlanNode["kind"];
  /** What the journal calls it. */
  name: string;
  /** What else there is to say, in words. */
  facts: string[];
  /** What it consists of. */
  nodes: PlanLine[];
}

/** A plan as nested data: what runs, in which order, under which conditions. */
export function describePlan(plan: WorkflowPlan, registry: WorkflowRegistry, nodes: readonly PlanNode[] = plan.nodes): PlanLine[] {
  return nodes.map((node) => {
    const describe = (inner: readonly PlanNode[]) => describePlan(plan, registry, inner);
    switch (node.kind) {
      case "step":
        return { kind: node.kind, name: node.key, facts: stepFacts(node), nodes: [] };
      case "hook":
        return { kind: node.kind, name: node.key, facts: handlers(registry.handlersOf(plan.id, node.key).length), nodes: [] };
      case "when":
        return { kind: node.kind, name: node.slot.name, facts: [], nodes: describe(node.nodes) };
      case "parallel":
        return { kind: node.kind, name: "at the same time", facts: [], nodes: describe(node.nodes) };
      case "workflow":
        return { kind: node.kind, name: node.plan.id, facts: [], nodes: describePlan(node.plan, registry) };
    }
  });
}

/** The same as indented text, one node a line. */
export function planText(plan: WorkflowPlan, lines: readonly PlanLine[]): string[] {
  const indented = (line: PlanLine, depth: number): string[] => [
    `${"  ".repeat(depth)}${line.kind === "parallel" ? "" : `${line.kind} `}${line.name}${line.facts.length ? `: ${line.facts.join(", ")}` : ""}`,
    ...line.nodes.flatMap((inner) => indented(inner, depth + 1)),
  ];
  return [`workflow ${plan.id}${plan.file ? ` (${plan.file})` : ""}`, ...lines.flatMap((line) => indented(line, 1))];
}

function handlers(number: number): string[] {
  return [number === 1 ? "1 handler" : `${number} handlers`];
}

function stepFacts({ key, step, options }: StepNode): string[] {
  return [
    options.pure ? "pure" : options.transactional ? "transactional" : "plain",
    step.name === key ? undefined : `runs ${step.name}`,
    step.compensate && !options.noCompensation ? "undone on failure" : undefined,
    options.maxRetries ? `${options.maxRetries} retries${options.retryInterval ? ` every ${options.retryInterval} s` : ""}` : undefined,
    options.timeout ? `timeout ${options.timeout} s` : undefined,
    options.async ? "async" : undefined,
    options.continueOnPermanentFailure ? "its failure does not end the workflow" : undefined,
  ].filter((fact) => fact !== undefined);
}
