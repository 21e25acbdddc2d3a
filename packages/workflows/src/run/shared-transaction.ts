import type { EventMessage, SharedContext } from "@velella/kernel";
import type { PlanNode } from "../plan/plan";
import { Failed } from "./failures";
import { Interruption } from "./journal";
import type { Performed } from "./journal";
import { sharingFrom } from "./plan-walk";
import type { RunState } from "./run-state";
import type { Scope } from "./scope";
import type { StepCalls } from "./step-calls";
import type { Values } from "./values";
import { workOfStep } from "./work";
import type { Work } from "./work";

/** Does steps that follow each other in one transaction, where they say that they may share it. */
export class SharedTransaction {
  /** Some of them failed, so that each has a transaction of its own from here on. */
  private isApart = false;

  constructor(
    private readonly state: RunState,
    private readonly values: Values,
    private readonly calls: StepCalls,
  ) {}

  /**
   * The steps from one node on. Returns how many were done. If one of them fails nothing has happened, and none counts as
   * done: each by itself then shows which one it is, and what is to be done about it.
   */
  async perform(nodes: readonly PlanNode[], start: number, scope: Scope): Promise<number> {
    const { journal, branching } = this.state;
    if (!journal.performTogether || this.isApart || scope.skipping || branching > 0) return 0;
    // Then nothing new is done; each by itself knows how to say so.
    if (journal.stop || journal.turned) return 0;
    const works = sharingFrom(nodes, start).map((node) => ({ node, work: workOfStep(node, scope) }));
    if (works.length < 2 || works.some(({ work }) => journal.recorded(work.key, "invoke") ?? journal.recall(work.key))) return 0;
    const goBack = scope.mark();
    let done: (Performed & { work: Work })[] = [];
    const perform = async (shared: SharedContext) => {
      done = [];
      goBack();
      for (const { node, work } of works) {
        const attempt = this.calls.attemptOf(work, "invoke", 1);
        const held: EventMessage[] = [];
        const record = await this.calls.invoke(work, attempt, await this.values.resolve(node.input, scope), shared, held);
        if (held.length) record.events = held;
        scope.slots[node.slot.index] = record.output;
        done.push({ attempt, record, work });
        // All of it is to be undone, which nobody does better than the database.
        if (journal.stop) throw new Failed();
      }
      return done;
    };
    try {
      await journal.performTogether(perform);
    } catch (error) {
      if (error instanceof Interruption) throw error;
      goBack();
      this.isApart = true;
      return 0;
    }
    for (const { record, work } of done) {
      this.state.tell({ eventType: "onStepBegin", step: work.key, action: work.name });
      this.state.tellSuccess(work, record);
      this.state.keep(work, record);
    }
    return done.length;
  }
}
