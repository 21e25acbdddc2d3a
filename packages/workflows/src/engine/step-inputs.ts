import { jsonCopy } from "../plan/json-copy";
import type { PlanNode, Slot, WorkflowPlan } from "../plan/plan";
import type { Template } from "../plan/template";
import { isSettled } from "../rows/step-row";
import type { Timeline, TimelineStep } from "./timeline";

/**
 * What the steps of a run were given. The journal does not keep it, because it follows from what it does keep: the input of
 * the run, the outputs of steps, and the values of transforms.
 *
 * @param input The input of the run.
 * @returns By the key of the step; without those whose input depends on something that is not on record.
 */
export function inputsOf(plan: WorkflowPlan, input: unknown, { steps, values }: Timeline): Map<string, unknown> {
  const records = new Map(steps.filter(({ phase }) => phase === "invoke").map((step) => [step.key, step]));
  const inputs = new Map<string, unknown>();
  new Replay(plan, "", input, records, values, inputs).visit(plan.nodes);
  return inputs;
}

/** Goes through a plan with what is on record, and fills in values as the run did. */
class Replay {
  private readonly slots: unknown[];
  private readonly known = new Set<number>([0]);

  constructor(
    private readonly plan: WorkflowPlan,
    private readonly prefix: string,
    input: unknown,
    private readonly records: ReadonlyMap<string, TimelineStep>,
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly inputs: Map<string, unknown>,
  ) {
    this.slots = [input];
  }

  visit(nodes: readonly PlanNode[]): void {
    for (const node of nodes) {
      const key = this.prefix + ("key" in node ? node.key : "");
      switch (node.kind) {
        case "parallel":
          this.visit(node.nodes);
          break;
        case "when":
          if (this.values[key] === false) this.keep(node.slot, undefined);
          else this.visit(node.nodes);
          this.take(node.slot, node.result);
          break;
        case "workflow": {
          const given = this.resolve(node.input);
          if (!given) break;
          const inner = new Replay(node.plan, `${key}/`, given.value, this.records, this.values, this.inputs);
          inner.visit(node.plan.nodes);
          const result = node.plan.result && inner.resolve(node.plan.result);
          if (result) this.keep(node.slot, result.value);
          break;
        }
        case "step":
        case "hook":
          this.work(node.slot, key, node.kind === "step" ? node.input : node.payload);
      }
    }
  }

  /** A step, or the handlers of a hook, whose records are called `HOOK@…`. */
  private work(slot: Slot, key: string, template: Template): void {
    const keys = [...this.records.keys()].filter((one) => one === key || one.startsWith(`${key}@`));
    const given = keys.length ? this.resolve(template) : undefined;
    for (const one of keys) {
      if (given) this.inputs.set(one, given.value);
      const record = this.records.get(one);
      // One that failed, and after which the run went on, yielded nothing.
      if (record && isSettled(record.status)) this.keep(slot, record.output);
    }
    // A pure step has no record of its own.
    if (Object.hasOwn(this.values, key)) this.keep(slot, this.values[key]);
  }

  private take(slot: Slot, template: Template | undefined): void {
    const result = template && this.resolve(template);
    if (result) this.keep(slot, result.value);
  }

  private keep({ index }: Slot, value: unknown): void {
    this.slots[index] = value;
    this.known.add(index);
  }

  /** Undefined when a part of it is not known. */
  private resolve(template: Template): { value: unknown } | undefined {
    for (const slot of template.transforms) {
      const key = this.prefix + (slot.transform?.key ?? "");
      if (Object.hasOwn(this.values, key)) this.keep(slot, this.values[key]);
    }
    if (template.reads.some(({ index }) => !this.known.has(index))) return undefined;
    return { value: jsonCopy(template.resolve({ slots: this.slots, moves: false })) };
  }
}
