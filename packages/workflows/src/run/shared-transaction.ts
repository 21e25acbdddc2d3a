import type { EventMessage, SharedContext } from "@velella/kernel";
import type { PlanNode, StepNode } from "../plan/plan";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { Failed } from "./failures";
import { Interruption } from "./journal";
import type { Performed } from "./journal";
import type { RunState } from "./run-state";
import type { Scope } from "./scope";
import type { StepCalls } from "./step-calls";
import { isOnRecord, stretchFrom } from "./stretch";
import type { Values } from "./values";
import { workOfStep } from "./work";

/** What a shared transaction asks of the run that it is a part of. */
export interface SharingRun {
  state: RunState;
  values: Values;
  calls: StepCalls;
  registry: WorkflowRegistry;
  walk(nodes: readonly PlanNode[], scope: Scope): Promise<void>;
  /** The result of the run, or a promise of it, if nothing speaks against its end. */
  conclude(): unknown;
}

/** Does steps that follow each other in one transaction, where they say that they may share it; at best with the end of the run. */
export class SharedTransaction {
  /** The end of the run was recorded together with its last steps. */
  ended: { result: unknown } | undefined;
  /** Some of them failed, so that each has a transaction of its own from here on. */
  private isApart = false;
  private open: { context: SharedContext; done: Performed[] } | undefined;

  constructor(private readonly run: SharingRun) {}

  get isOpen(): boolean {
    return this.open !== undefined;
  }

  /**
   * The nodes from one on. Returns how many were done. If something fails nothing has happened, and none counts as done: each
   * step by itself then shows which one it is, and what is to be done about it.
   */
  async perform(nodes: readonly PlanNode[], start: number, scope: Scope): Promise<number> {
    const { state, registry, walk } = this.run;
    const { journal, root } = state;
    if (!journal.performTogether || journal.apart || this.isApart || this.open || scope.skipping || state.branching > 0) return 0;
    // Then nothing new is done; each by itself knows how to say so.
    if (state.stops(scope) || journal.turned) return 0;
    const stretch = stretchFrom(nodes, start, scope.plan, registry);
    const isLast = nodes === root.plan.nodes && start + stretch.nodes.length === nodes.length;
    if (stretch.steps < (isLast ? 1 : 2) || isOnRecord(stretch.nodes, scope, journal, registry)) return 0;
    const goBack = this.mark(scope);
    try {
      await journal.performTogether(async (context) => {
        goBack();
        const done: Performed[] = [];
        this.open = { context, done };
        try {
          await walk(stretch.nodes, scope);
          return isLast ? { performed: done, end: await this.end() } : { performed: done };
        } finally {
          this.open = undefined;
        }
      });
    } catch (error) {
      goBack();
      state.tellHeld();
      if (error instanceof Interruption) throw error;
      this.isApart = true;
      return 0;
    }
    state.tellHeld();
    return stretch.nodes.length;
  }

  /** A step of the open transaction. */
  async performStep(node: StepNode, scope: Scope): Promise<void> {
    const { state, values, calls } = this.run;
    const { journal } = state;
    const { context, done } = this.open as { context: SharedContext; done: Performed[] };
    const work = workOfStep(node, scope);
    const attempt = calls.attemptOf(work, "invoke", 1);
    const held: EventMessage[] = [];
    scope.begin();
    state.tell({ eventType: "onStepBegin", step: work.key, action: work.name });
    const { pure } = node.options;
    const record = await calls.invoke(work, attempt, await values.resolve(node.input, scope), pure ? undefined : context, held);
    if (held.length) record.events = held;
    if (pure) {
      journal.note(work.key, record.output, held);
      state.events.push(...held);
    } else {
      done.push({ attempt, record });
      state.keep(work, record);
    }
    scope.slots[node.slot.index] = record.output;
    state.tellSuccess(work, record);
    // All of it is to be undone, which nobody does better than the database.
    if (state.stops(scope)) throw new Failed();
  }

  private async end() {
    const { state, conclude } = this.run;
    const result = await conclude();
    state.state = "done";
    this.ended = { result };
    return { outcome: { state: "done" as const, result, errors: state.errors, run: state }, events: state.events };
  }

  /** Remembers how the run stands; what is returned takes it back there. */
  private mark(scope: Scope): () => void {
    const marks = [scope.mark(), this.run.state.mark()];
    return () => {
      for (const goBack of marks) goBack();
      this.ended = undefined;
    };
  }
}
