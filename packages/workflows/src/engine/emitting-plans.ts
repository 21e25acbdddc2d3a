import type { WorkflowPlan } from "../plan/plan";
import type { RunOutcome } from "../run/outcome";

/**
 * Which plans emit events although no step of theirs says so. A run with an effect may only be made of plain calls when no
 * event has to follow the effect, for a kill between the two would lose it. So a plan is journalled until a whole run of
 * it has ended without an event, and for good once one had an event.
 */
export class EmittingPlans {
  private readonly quiet = new WeakSet<WorkflowPlan>();
  private readonly emitting = new WeakSet<WorkflowPlan>();

  isQuiet(plan: WorkflowPlan): boolean {
    return this.quiet.has(plan);
  }

  /** A run that succeeded had events, or none. */
  learn(plan: WorkflowPlan, hadEvents: boolean): void {
    if (hadEvents) {
      this.emitting.add(plan);
      this.quiet.delete(plan);
    } else if (!this.emitting.has(plan)) this.quiet.add(plan);
  }

  /** What there is to learn of the end of a run, if it ended in this process. */
  learnFrom(plan: WorkflowPlan, { state, run }: RunOutcome): void {
    if (state === "done" && run?.hadEvents !== undefined) this.learn(plan, run.hadEvents);
  }
}
