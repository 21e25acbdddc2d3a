import type { WorkflowOptions } from "../options/workflow-options";
import { composeErrors } from "../errors/workflow-errors";
import type { PlanNeeds, PlanNode, StepNode, WorkflowPlan } from "./plan";
import { markLastReads } from "./last-reads";
import { nameNotes } from "./note-keys";
import { hashNotes, hashPlan } from "./plan-hash";
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
  const steps = new Map<string, StepNode>();
  collectSteps(draft.nodes, "", steps, new Set());
  markLastReads(draft.nodes, draft.result);
  const nodes = deepFreeze(draft.nodes);
  const hashes = { hash: hashPlan(nodes, draft.options.version), notesHash: hashNotes(notes, nodes) };
  return Object.freeze({ ...draft, nodes, steps, notes, ...hashes, needs: needsOf(steps) });
}

/** The same plan with other options. */
export function withOptions(plan: WorkflowPlan, options: WorkflowOptions): WorkflowPlan {
  const merged = { ...plan.options, ...options };
  return Object.freeze({ ...plan, options: merged, hash: hashPlan(plan.nodes, merged.version) });
}

function collectSteps(nodes: readonly PlanNode[], prefix: string, steps: Map<string, StepNode>, names: Set<string>): void {
  const claim = (key: string) => {
    if (names.has(key)) throw composeErrors.stepDefinedTwice(key);
    names.add(key);
  };
  for (const node of nodes) {
    if (node.kind === "when" || node.kind === "parallel") {
      if (node.kind === "when") claim(node.key);
      collectSteps(node.nodes, prefix, steps, names);
      continue;
    }
    claim(node.key);
    if (node.kind === "step") steps.set(prefix + node.key, node);
    if (node.kind === "workflow") for (const [key, step] of node.plan.steps) steps.set(`${prefix}${node.key}/${key}`, step);
  }
}

function needsOf(steps: ReadonlyMap<string, StepNode>): PlanNeeds {
  const options = [...steps.values()].map((node) => node.options);
  return Object.freeze({
    effects: options.filter(({ pure }) => !pure).length,
    shares: options.some(({ transactional }) => transactional === "shared"),
    emits: options.some(({ emits }) => emits),
    waits: options.some(
      ({ async, retryInterval, compensateAsync, autoRetry, maxRetries }) =>
        async || retryInterval || compensateAsync || (autoRetry === false && maxRetries),
    ),
  });
}

function deepFreeze(nodes: readonly PlanNode[]): readonly PlanNode[] {
  for (const node of nodes) {
    if (node.kind === "when" || node.kind === "parallel") deepFreeze(node.nodes);
    Object.freeze(node);
  }
  return Object.freeze(nodes);
}
