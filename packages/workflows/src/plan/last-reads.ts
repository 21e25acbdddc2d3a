import type { PlanNode, Slot, StepNode } from "./plan";
import { nodesIn } from "./plan-walk";
import type { Template } from "./template";

/** A reference in a template. */
export interface Reading {
  /** Where in the value of the template it stands. */
  readonly at: readonly string[];
  /** Which part (`path`) of what a slot holds it stands for. */
  readonly slot: Slot;
  readonly path: readonly string[];
  /** Whether the template may have the value, since nobody reads it afterwards. */
  isLast: boolean;
}

/**
 * Marks what needs no copy when it is read: a value that is read once in all, by something that happens once. Whoever made
 * the value keeps no part of it, for it is a copy itself.
 */
export function markLastReads(nodes: readonly PlanNode[], result: Template | undefined): void {
  const reads = new Map<number, number>();
  const shared = new Set<number>();
  const once = new Set<Template>();
  const seen = new Set<Template>();
  const visit = (template: Template | undefined, isOnce: boolean) => {
    if (!template || seen.has(template)) return;
    seen.add(template);
    if (isOnce) once.add(template);
    for (const { slot } of template.references) {
      reads.set(slot.index, (reads.get(slot.index) ?? 0) + 1);
      // Computed again when it fails and a further one asks for it.
      visit(slot.transform?.values, false);
    }
  };
  for (const node of nodesIn(nodes)) {
    if (node.kind === "step") {
      if (isKept(node)) shared.add(node.slot.index);
      visit(node.input, !node.options.maxRetries);
    } else if (node.kind === "workflow") visit(node.input, true);
    else if (node.kind === "hook") {
      // What a handler returns is also what its compensation gets.
      shared.add(node.slot.index);
      visit(node.payload, false);
    } else if (node.kind === "when") {
      visit(node.values, false);
      visit(node.result, true);
    }
  }
  visit(result, true);
  for (const template of once)
    for (const reading of template.references) reading.isLast = reads.get(reading.slot.index) === 1 && !shared.has(reading.slot.index);
}

/** The output of a step may be what its compensation gets. */
const isKept = ({ step, options }: StepNode): boolean => step.compensate !== undefined && !options.noCompensation;
