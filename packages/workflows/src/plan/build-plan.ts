import type { WorkflowOptions } from "../options/workflow-options";
import { composeErrors } from "../errors/workflow-errors";
import type { PlanNeeds, PlanNode, StepNode, WorkflowPlan } from "./plan";
import { markLastReads } from "./last-reads";
import { nameNotes } from "./note-keys";
import { hashNotes, hashPlan } from "./plan-hash";
import { nodesIn } from "./plan-walk";
import type { Template } from "./template";

/** What the composition of a workflow gathered. */
export interface PlanDraft {
  id: string;
  file: string;
  definedAt: string;
  options: WorkflowOptions;
  nodes: readonly PlanNode[];
  slots: number;
  result: Template | undefined;
  hooks: readonly string[];
}

/** Checks a composed workflow, and makes it an immutable plan. */
export function buildPlan(draft: PlanDraft): WorkflowPlan {
  const notes = Object.freeze(nameNotes(draft.nodes, draft.result));
  const steps = stepsOf(draft.nodes);
  markLastReads(draft.nodes, draft.result);
  freeze(draft.nodes);
  const hashes = { hash: hashPlan(draft.nodes, draft.options.version), notesHash: hashNotes(notes, draft.nodes) };
  return Object.freeze({ ...draft, steps, notes, ...hashes, needs: needsOf(draft.nodes, steps) });
}

/** The same plan with other options. */
export function withOptions(plan: WorkflowPlan, options: WorkflowOptions): WorkflowPlan {
  const merged = { ...plan.options, ...options };
  return Object.freeze({ ...plan, options: merged, hash: hashPlan(plan.nodes, merged.version) });
}

/** Every step by its key, nested ones as well. @throws `workflow.step_defined_twice` where two nodes have one key */
function stepsOf(nodes: readonly PlanNode[]): Map<string, StepNode> {
  const steps = new Map<string, StepNode>();
  const names = new Set<string>();
  const claim = (key: string) => {
    if (names.has(key)) throw composeErrors.stepDefinedTwice(key);
    names.add(key);
  };
  for (const node of nodesIn(nodes)) {
    if (node.kind !== "parallel") claim(node.key);
    if (node.kind === "step") steps.set(node.key, node);
    if (node.kind === "workflow") for (const [key, step] of node.plan.steps) steps.set(`${node.key}/${key}`, step);
  }
  return steps;
}

function needsOf(nodes: readonly PlanNode[], steps: ReadonlyMap<string, StepNode>): PlanNeeds {
  const options = [...steps.values()].map((node) => node.options);
  return Object.freeze({
    effects: options.filter(({ pure }) => !pure).length,
    shares: options.some(({ transactional }) => transactional === "shared"),
    emits: options.some(({ emits }) => emits),
    waits: options.some(
      ({ async, retryInterval, compensateAsync, autoRetry, maxRetries }) =>
        async || retryInterval || compensateAsync || (autoRetry === false && maxRetries),
    ),
    nestedTime: [...nodesIn(nodes)].some((node) => node.kind === "workflow" && (node.plan.options.timeout || node.plan.needs.nestedTime)),
  });
}

function freeze(nodes: readonly PlanNode[]): void {
  for (const node of nodesIn(Object.freeze(nodes))) {
    if ("nodes" in node) Object.freeze(node.nodes);
    Object.freeze(node);
  }
}
