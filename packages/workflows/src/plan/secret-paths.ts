import type { PlanNode, Slot, WorkflowPlan } from "./plan";
import type { Template } from "./template";

/** A way into a value: names of properties and indices; `*` stands for all of them. */
export type Path = readonly string[];

/** Where the values that a run records have parts which nobody may read. */
export interface SecretPaths {
  input: readonly Path[];
  result: readonly Path[];
  /** Of outputs of steps and of transforms, by their keys within the run, such as `inner/step`. */
  values: ReadonlyMap<string, readonly Path[]>;
  /** The steps, by key, that declare something secret: of what they keep for their compensation all is. */
  steps: ReadonlySet<string>;
}

const known = new WeakMap<WorkflowPlan, SecretPaths | undefined>();
const whole: readonly Path[] = [[]];

/**
 * Follows what steps declare secret through the plan: back from their inputs to the places from which they come, then
 * onward from there, and from their outputs, to every place that gets them. Undefined when nothing is secret.
 */
export function secretPaths(plan: WorkflowPlan): SecretPaths | undefined {
  if (!known.has(plan)) known.set(plan, analyse(plan));
  return known.get(plan);
}

function analyse(plan: WorkflowPlan): SecretPaths | undefined {
  const steps = [...plan.steps].filter(([, { options }]) => options.secret).map(([key]) => key);
  if (!steps.length) return undefined;
  const flow = new Flow();
  flow.back(plan, "", []);
  const result = flow.forth(plan, "");
  return { input: flow.of("", 0), result, values: flow.values, steps: new Set(steps) };
}

class Flow {
  readonly values = new Map<string, readonly Path[]>();
  private readonly slots = new Map<string, Path[]>();

  of(prefix: string, slot: number): readonly Path[] {
    return this.slots.get(`${prefix} ${slot}`) ?? [];
  }

  /** From the last node to the first: what a node yields is known to be secret before its own sources are looked at. */
  back(plan: WorkflowPlan, prefix: string, result: readonly Path[]): void {
    this.trace(plan.result, result, prefix);
    this.backThrough(plan.nodes, prefix);
  }

  private backThrough(nodes: readonly PlanNode[], prefix: string): void {
    for (const node of nodes.toReversed()) {
      if (node.kind === "step") this.trace(node.input, pathsOf(node.options.secret?.input), prefix);
      else if (node.kind === "parallel") this.backThrough(node.nodes, prefix);
      else if (node.kind === "when") {
        this.trace(node.result, this.of(prefix, node.slot.index), prefix);
        this.backThrough(node.nodes, prefix);
      } else if (node.kind === "workflow") {
        const inner = `${prefix}${node.key}/`;
        this.back(node.plan, inner, this.of(prefix, node.slot.index));
        this.trace(node.input, this.of(inner, 0), prefix);
      }
    }
  }

  /** Marks where the parts of a template at these paths come from. */
  private trace(template: Template | undefined, paths: readonly Path[], prefix: string): void {
    for (const path of paths) {
      for (const { at, slot, path: from } of template?.references ?? []) {
        const inside = rest(at, path);
        const source = inside ? [...from, ...inside] : rest(path, at) && from;
        if (source) this.mark(slot, source, prefix);
      }
    }
  }

  private mark(slot: Slot, path: Path, prefix: string): void {
    if (!this.add(slot.index, path, prefix)) return;
    // Which part of its values a function reads cannot be seen: all of them.
    if (slot.transform) this.trace(slot.transform.values, whole, prefix);
  }

  private add(slot: number, path: Path, prefix: string): boolean {
    const key = `${prefix} ${slot}`;
    const paths = this.slots.get(key) ?? [];
    if (paths.some((one) => rest(one, path))) return false;
    this.slots.set(key, [...paths, path]);
    return true;
  }

  /** From the first node to the last. Returns what of the result is secret. */
  forth(plan: WorkflowPlan, prefix: string): readonly Path[] {
    this.forthThrough(plan.nodes, prefix);
    return this.reach(plan.result, prefix);
  }

  private forthThrough(nodes: readonly PlanNode[], prefix: string): void {
    for (const node of nodes) {
      if (node.kind === "parallel") {
        this.forthThrough(node.nodes, prefix);
        continue;
      }
      const add = (paths: readonly Path[]) => paths.forEach((path) => this.add(node.slot.index, path, prefix));
      if (node.kind === "step") {
        this.reach(node.input, prefix);
        add(pathsOf(node.options.secret?.output));
        const paths = this.of(prefix, node.slot.index);
        if (paths.length) this.values.set(prefix + node.key, paths);
      } else if (node.kind === "hook") this.reach(node.payload, prefix);
      else if (node.kind === "when") {
        this.reach(node.values, prefix);
        this.forthThrough(node.nodes, prefix);
        add(this.reach(node.result, prefix));
      } else {
        const inner = `${prefix}${node.key}/`;
        for (const path of this.reach(node.input, prefix)) this.add(0, path, inner);
        add(this.forth(node.plan, inner));
      }
    }
  }

  /** Which parts of a template are secret, and with them the transforms that it needs. */
  private reach(template: Template | undefined, prefix: string): readonly Path[] {
    const reached: Path[] = [];
    for (const { at, slot, path } of template?.references ?? []) {
      if (slot.transform) this.reachTransform(slot, prefix);
      for (const secret of this.of(prefix, slot.index)) {
        const inside = rest(path, secret);
        if (inside) reached.push([...at, ...inside]);
        else if (rest(secret, path)) reached.push(at);
      }
    }
    return reached;
  }

  private reachTransform(slot: Slot, prefix: string): void {
    const { transform } = slot;
    if (!transform) return;
    if (this.reach(transform.values, prefix).length) this.add(slot.index, [], prefix);
    if (this.of(prefix, slot.index).length) this.values.set(prefix + transform.key, whole);
  }
}

/** `a.b` as a path. */
export const pathsOf = (paths: readonly string[] = []): Path[] => paths.map((path) => (path === "" ? [] : path.split(".")));

/** What is left of a path after another one that it begins with; undefined when it does not. */
function rest(start: Path, path: Path): Path | undefined {
  const begins = start.length <= path.length && start.every((key, i) => key === path[i] || key === "*" || path[i] === "*");
  return begins ? path.slice(start.length) : undefined;
}
