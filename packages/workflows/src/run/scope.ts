import type { WorkflowPlan } from "../plan/plan";
import type { SlotValues } from "../plan/template";

/** The values of one plan in a run: that of the run itself, or of a workflow nested in it. */
export class Scope implements SlotValues {
  readonly slots: unknown[];
  /** Transforms that have their value, or are about to get it. */
  computed: Map<number, Promise<void> | true> | undefined;
  /** Set after a failure with `skipOnPermanentFailure`: steps are skipped, up to the one named. */
  skipping: boolean | string = false;

  constructor(
    readonly plan: WorkflowPlan,
    /** Prefix of the keys of its nodes in the journal. */
    readonly prefix: string,
    /** The idempotency key of the step that this workflow is, when it is nested. */
    readonly parentKey: string | undefined,
    input: unknown,
    /** Whether values may be handed over at their last reading. */
    readonly moves: boolean,
  ) {
    this.slots = new Array<unknown>(plan.slots);
    this.slots[0] = input;
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
