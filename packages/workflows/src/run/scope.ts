import type { WorkflowPlan } from "../plan/plan";
import type { SlotValues } from "../plan/template";

/** The values of one plan in a run: that of the run itself, or of a workflow nested in it. */
export class Scope implements SlotValues {
  readonly slots: unknown[];
  /** Transforms that have their value, or are about to get it. */
  readonly computed = new Map<number, Promise<void> | true>();
  /** Set after a failure with `skipOnPermanentFailure`: steps are skipped, up to the one named. */
  skipping: boolean | string = false;

  constructor(
    readonly plan: WorkflowPlan,
    /** Prefix of the keys of its nodes in the journal. */
    readonly prefix: string,
    /** The idempotency key of the step that this workflow is, when it is nested. */
    readonly parentKey: string | undefined,
    input: unknown,
  ) {
    this.slots = [input];
  }
}
