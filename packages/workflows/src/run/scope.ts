import type { PlanNode, WorkflowPlan } from "../plan/plan";
import { contains, workIn } from "../plan/plan-walk";
import type { SlotValues } from "../plan/template";
import type { NestedTime } from "./nested-time";

/** The values of one plan in a run: that of the run itself, or of a workflow nested in it. */
export class Scope implements SlotValues {
  readonly slots: unknown[];
  /** Transforms that have their value, or are about to get it. */
  computed: Map<number, Promise<void> | true> | undefined;
  /** Set after a failure with `skipOnPermanentFailure`: steps are skipped, up to the one named. */
  skipping: boolean | string = false;
  /** Something was begun here that no earlier process has ended: what comes after it has not been begun before. */
  isNew = false;
  /** The time that it has, where it or what it is part of is a nested workflow with a `timeout`. */
  time: NestedTime | undefined;

  constructor(
    readonly plan: WorkflowPlan,
    /** Prefix of the keys of its nodes in the journal. */
    readonly prefix: string,
    /** The idempotency key of the step that this workflow is, when it is nested. */
    readonly parentKey: string | undefined,
    input: unknown,
    /** Whether values may be handed over at their last reading. */
    readonly moves: boolean,
    slots?: unknown[],
  ) {
    this.slots = slots ?? new Array<unknown>(plan.slots);
    this.slots[0] = input;
  }

  /**
   * This scope for each branch of a parallel group: its values are those of all, but what is skipped in it is its own affair until
   * the group has ended, so that it does not depend on which branch is first.
   */
  branches(nodes: readonly PlanNode[]): Scope[] {
    const { plan, prefix, parentKey, moves, slots } = this;
    const computed = (this.computed ??= new Map());
    let { skipping } = this;
    return nodes.map((node) => {
      const branch = new Scope(plan, prefix, parentKey, slots[0], moves, slots);
      branch.computed = computed;
      branch.skipping = skipping;
      branch.isNew = this.isNew;
      branch.time = this.time;
      // Those behind the step that is named come after it, too.
      if (isWithin(skipping, [node])) skipping = false;
      return branch;
    });
  }

  /** Has what the branches of a group that has ended skip, and have begun, take effect for what comes after it. */
  join(nodes: readonly PlanNode[], branches: readonly Scope[]): void {
    this.isNew ||= branches.some(({ isNew }) => isNew);
    const open = branches.map(({ skipping }) => skipping).filter((skipping) => skipping !== false && !isWithin(skipping, nodes));
    const [first = false] = open;
    // Each of them skips something: together they skip up to the last step that is named.
    const last = () => [...workIn(this.plan.nodes)].findLast(({ key }) => open.includes(key))?.key ?? false;
    this.skipping = open.length < 2 ? first : open.includes(true) || last();
  }

  /** Says that something is begun here that no earlier process has ended. */
  begin(): void {
    this.isNew = true;
    this.time?.begin();
  }

  /** Says that a transform has its value, or gives the promise of it. */
  markComputed(slot: number, state: Promise<void> | true): void {
    (this.computed ??= new Map()).set(slot, state);
  }

  /** Remembers the values of this moment; what is returned takes back those that came later. */
  mark(): () => void {
    const slots = [...this.slots];
    const computed = this.computed && new Map(this.computed);
    return () => {
      slots.forEach((value, i) => (this.slots[i] = value));
      this.computed = computed && new Map(computed);
    };
  }
}

/** Whether the step at which skipping ends is among nodes. */
const isWithin = (skipping: boolean | string, nodes: readonly PlanNode[]): boolean =>
  typeof skipping === "string" && contains(nodes, skipping);
