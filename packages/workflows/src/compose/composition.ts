import { composeErrors } from "../errors/workflow-errors";
import type { ParallelNode, PlanNode, Slot, TransformNode, WhenNode } from "../plan/plan";
import { createReference, nameOf, referenceOf } from "../plan/reference";
import type { ReferenceMethods } from "../plan/reference";
import { compileTemplate } from "../plan/template";
import type { Template } from "../plan/template";
import { shown } from "../shown";
import { checkSkipTargets } from "./skip-targets";
import { slotsReadBy } from "./slots-read";
import type { StepOptions } from "../options/step-options";

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
  /** Names of conditions whose `then` was not called yet. */
  private readonly open: string[] = [];
  private isFinished = false;

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
    const wrong = functions.length ? functions.find((fn) => typeof fn !== "function") : null;
    if (wrong !== undefined) throw composeErrors.noFunction(`transform() in workflow`, this.id, wrong === null ? "none" : shown(wrong));
    const transform: TransformNode = { kind: "transform", key, values: this.template(values), functions };
    return createReference({ index: this.slots++, name: key, owner: this, transform });
  }

  /** Begins a condition; what is returned adds the nodes that depend on it. */
  when(
    name: string | undefined,
    values: unknown,
    condition: (values: unknown, context: unknown) => unknown,
  ): (composer: () => unknown) => unknown {
    const what = name === undefined ? "when()" : `when("${name}")`;
    if (typeof condition !== "function") throw composeErrors.noFunction(`The condition of ${what} in workflow`, this.id, shown(condition));
    this.open.push(what);
    return (composer) => {
      if (typeof composer !== "function") throw composeErrors.noFunction(`${what}.then() in workflow`, this.id, shown(composer));
      const at = this.open.lastIndexOf(what);
      if (at >= 0) this.open.splice(at, 1);
      return this.branch(what, name, values, condition, composer);
    };
  }

  private branch(
    what: string,
    name: string | undefined,
    values: unknown,
    condition: WhenNode["condition"],
    composer: () => unknown,
  ): unknown {
    const number = ++this.conditions;
    const key = `when#${name ?? number}`;
    const outer = this.nodes;
    this.nodes = [];
    try {
      const slot = this.slot(name ?? key);
      const template = this.template(values);
      const value = composer();
      if (value instanceof Promise) {
        // What the async function still does would otherwise fail a second time, unheard.
        value.catch(() => undefined);
        throw composeErrors.asyncCondition(this.id, what);
      }
      const result = value === undefined ? undefined : this.template(value);
      outer.push({ kind: "when", slot, key, values: template, condition, nodes: this.nodes, result });
      return value === undefined ? undefined : createReference(slot);
    } finally {
      this.nodes = outer;
    }
  }

  /** Makes the nodes that yield these references run at the same time. */
  parallelize(references: readonly unknown[]): void {
    const members = new Set(references.map((reference, i) => this.memberOf(reference, i + 1)));
    const group = this.nodes.filter((node): node is PlanNode & { slot: Slot } => members.has(node));
    for (const node of group) this.refuseDependency(node, group);
    if (group.length < 2) return;
    const parallel: ParallelNode = { kind: "parallel", nodes: group };
    const at = this.nodes.indexOf(group[0] as PlanNode);
    this.nodes = this.nodes.filter((node) => !group.includes(node as never));
    this.nodes.splice(at, 0, parallel);
  }

  /** The node that yields a reference, which has to stand at this level of the composer. */
  private memberOf(value: unknown, position: number): PlanNode {
    if (Array.isArray(value)) throw composeErrors.parallelList(this.id);
    const reference = referenceOf(value);
    const node = this.nodes.find((one) => "slot" in one && one.slot === reference?.slot);
    if (node) return node;
    const isElsewhere = reference && reference.slot.owner === this && reference.slot.index > 0 && !reference.slot.transform;
    const got = !reference
      ? shown(value)
      : isElsewhere
        ? `"${nameOf(reference)}", which stands elsewhere already`
        : `"${nameOf(reference)}"`;
    throw composeErrors.notParallel(this.id, position, got);
  }

  private refuseDependency(node: PlanNode, group: readonly (PlanNode & { slot: Slot })[]): void {
    const reads = slotsReadBy(node);
    const other = group.find((member) => member !== node && reads.has(member.slot));
    if (other && "slot" in node) throw composeErrors.parallelDependency(this.id, node.slot.name, other.slot.name);
  }

  /** Refuses changes of a node once the plan is made. */
  refuseChange(what: string): void {
    if (this.isFinished) throw composeErrors.afterComposition(what, this.id);
  }

  /** The nodes, when the composer has returned. */
  finish(): readonly PlanNode[] {
    this.isFinished = true;
    const [open] = this.open;
    if (open !== undefined) throw composeErrors.conditionWithoutThen(this.id, open);
    checkSkipTargets(this.id, this.nodes);
    return this.nodes;
  }
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

/** Refuses to run a workflow while another one is composed: it would run once, when the file is loaded. */
export function refuseToRun(id: string): void {
  const composition = stack.at(-1);
  if (composition) throw composeErrors.runWhileComposing(id, composition.id);
}

/** The composition that is going on. `what` names the caller in the error when there is none. */
export function currentComposition(what: string): Composition {
  const composition = stack.at(-1);
  if (!composition) throw composeErrors.outsideComposer(what);
  return composition;
}
