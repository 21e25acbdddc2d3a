import { composeErrors } from "../errors";
import type { ParallelNode, PlanNode, Slot, TransformNode } from "../plan/plan";
import { createReference, referenceOf } from "../plan/reference";
import type { ReferenceMethods } from "../plan/reference";
import { compileTemplate } from "../plan/template";
import type { Template } from "../plan/template";
import type { StepOptions } from "./step-options";

type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Options that `.config` of a step takes; the name distinguishes two uses of one step. */
export type StepConfig = StepOptions & { name?: string };

/** The plan of a workflow while its composer runs. */
export class Composition {
  readonly hooks: string[] = [];
  private nodes: PlanNode[] = [];
  private slots = 1;
  private transforms = 0;
  private conditions = 0;

  constructor(readonly id: string) {}

  get slotCount(): number {
    return this.slots;
  }

  input(): object {
    return createReference({ index: 0, name: "input", owner: this });
  }

  template(value: unknown): Template {
    return compileTemplate(value, this);
  }

  /** Adds a node that yields a value; `methods` are offered by the reference to it. */
  add(node: Draft<PlanNode> & { slot: Slot }, methods?: ReferenceMethods): object {
    this.nodes.push(node);
    return createReference(node.slot, [], methods);
  }

  slot(name: string): Slot {
    return { index: this.slots++, name, owner: this };
  }

  transform(values: unknown, functions: TransformNode["functions"]): object {
    const key = `transform#${++this.transforms}`;
    const transform: TransformNode = { kind: "transform", key, values: this.template(values), functions };
    return createReference({ index: this.slots++, name: key, owner: this, transform });
  }

  when(name: string | undefined, values: unknown, condition: (values: unknown, context: unknown) => unknown, then: () => unknown): unknown {
    const number = ++this.conditions;
    const key = `when#${name ?? number}`;
    const outer = this.nodes;
    this.nodes = [];
    try {
      const slot = this.slot(name ?? key);
      const template = this.template(values);
      const value = then();
      const result = value === undefined ? undefined : this.template(value);
      outer.push({ kind: "when", slot, key, values: template, condition, nodes: this.nodes, result });
      return value === undefined ? undefined : createReference(slot);
    } finally {
      this.nodes = outer;
    }
  }

  /** Makes the nodes that yield these references run at the same time. */
  parallelize(references: readonly unknown[]): void {
    const slots = new Set(references.map((reference) => referenceOf(reference)?.slot));
    const group = this.nodes.filter((node): node is PlanNode & { slot: Slot } => "slot" in node && slots.has(node.slot));
    for (const node of group) this.refuseDependency(node, group);
    if (group.length < 2) return;
    const parallel: ParallelNode = { kind: "parallel", nodes: group };
    const at = this.nodes.indexOf(group[0] as PlanNode);
    this.nodes = this.nodes.filter((node) => !group.includes(node as never));
    this.nodes.splice(at, 0, parallel);
  }

  private refuseDependency(node: PlanNode, group: readonly (PlanNode & { slot: Slot })[]): void {
    const reads = readsOf(node);
    const other = group.find((member) => member !== node && reads.has(member.slot));
    if (other && "slot" in node) throw composeErrors.parallelDependency(this.id, node.slot.name, other.slot.name);
  }

  finish(): readonly PlanNode[] {
    return this.nodes;
  }
}

/** Every slot that a node reads, through transforms as well. */
function readsOf(node: PlanNode, found = new Set<Slot>()): Set<Slot> {
  const read = (template: Template | undefined) => {
    for (const slot of template?.reads ?? []) {
      if (found.has(slot)) continue;
      found.add(slot);
      read(slot.transform?.values);
    }
  };
  if (node.kind === "step" || node.kind === "workflow") read(node.input);
  if (node.kind === "hook") read(node.payload);
  if (node.kind === "when") {
    read(node.values);
    read(node.result);
  }
  if (node.kind === "when" || node.kind === "parallel") for (const inner of node.nodes) readsOf(inner, found);
  return found;
}

const stack: Composition[] = [];

/** Runs a composer; what it calls is added to the composition. */
export function compose<T>(composition: Composition, composer: () => T): T {
  stack.push(composition);
  try {
    return composer();
  } finally {
    stack.pop();
  }
}

/** The composition that is going on. `what` names the caller in the error when there is none. */
export function currentComposition(what: string): Composition {
  const composition = stack.at(-1);
  if (!composition) throw composeErrors.outsideComposer(what);
  return composition;
}
