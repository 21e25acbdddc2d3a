import { performance } from "node:perf_hooks";
import { isTracing } from "@velella/kernel";
import type { EventMessage } from "@velella/kernel";
import { isSkipResponse } from "../options/step-response";
import type { HookNode, PlanNode, StepNode, WhenNode, WorkflowNode, WorkflowPlan } from "../plan/plan";
import { markOf } from "../plan/note-keys";
import { copyNamed, inputOf } from "../plan/not-json";
import { copierOf } from "../plan/shape-copier";
import type { Template } from "../plan/template";
import { handlerKeys } from "../registry/handler-keys";
import type { HookHandlerEntry, WorkflowRegistry } from "../registry/workflow-registry";
import { copyCompensateInput, copyOutput } from "./answer-copies";
import { Compensation } from "./compensation";
import { copyError } from "./error-copy";
import { Failed } from "./failures";
import { Interruption } from "./journal";
import type { Journal } from "./journal";
import type { RunOutcome } from "./outcome";
import { begunKey, NestedTime } from "./nested-time";
import { contains } from "../plan/plan-walk";
import { callPlainly, isPlainCall, PlainAttempt } from "./plain-call";
import type { RunObserver } from "./run-observer";
import { RunState } from "./run-state";
import { Scope } from "./scope";
import { SharedTransaction } from "./shared-transaction";
import { StepCalls } from "./step-calls";
import type { RunIdentity } from "./step-context";
import { StepRunner } from "./step-runner";
import { isOnRecord } from "./stretch";
import { isPromise, Values } from "./values";
import { isUndoable, workOfHandler, workOfStep } from "./work";

/**
 * One run of a plan, in one process. It walks the plan from its beginning; what the journal has on record is not done
 * again, so that a run which was interrupted goes on where it stood.
 */
export class Run {
  private readonly state: RunState;
  private readonly root: Scope;
  private readonly values: Values;
  private readonly calls: StepCalls;
  // Plain calls need neither of them.
  private stepRunner: StepRunner | undefined;
  private sharedTransaction: SharedTransaction | undefined;
  /** Nobody records or watches this run, so that most steps are plain calls. */
  private readonly isPlain: boolean;
  private readonly shares: boolean;
  /** When nested workflows with a timeout began, by their keys; seconds since the beginning of the run. */
  private readonly begun = new Map<string, number>();

  constructor(
    plan: WorkflowPlan,
    input: unknown,
    private readonly identity: RunIdentity,
    private readonly registry: WorkflowRegistry,
    private readonly journal: Journal,
    observe?: RunObserver,
  ) {
    this.isPlain = journal.forgets === true && !observe && !isTracing();
    this.shares = plan.needs.shares && journal.performTogether !== undefined;
    this.root = new Scope(plan, "", undefined, input, this.isPlain);
    this.state = new RunState(this.root, identity, journal, observe);
    this.values = new Values(identity, journal, (scope) => this.state.checkStop(scope));
    this.calls = new StepCalls(plan, identity, journal);
  }

  private get steps(): StepRunner {
    return (this.stepRunner ??= new StepRunner(this.state, this.values, this.calls));
  }

  private get shared(): SharedTransaction {
    const { state, values, calls, registry } = this;
    return (this.sharedTransaction ??= new SharedTransaction({
      state,
      values,
      calls,
      registry,
      walk: (nodes, scope) => this.walk(nodes, scope),
      conclude: () => this.conclude(),
    }));
  }

  /** Runs to the end, and compensates on failure. Throws nothing but an {@link Interruption}. */
  async execute(): Promise<RunOutcome> {
    const { state, journal } = this;
    const { errors } = state;
    let result: unknown;
    state.state = "invoking";
    state.tell({ eventType: journal.isResumed ? "onResume" : "onBegin" });
    try {
      await this.walk(this.root.plan.nodes, this.root);
      const made = this.sharedTransaction?.ended ? this.sharedTransaction.ended.result : this.conclude();
      result = isPromise(made) ? await made : made;
      state.state = "done";
    } catch (error) {
      if (error instanceof Interruption) throw error;
      if (!(error instanceof Failed))
        errors.push({ action: this.root.plan.id, handlerType: "invoke", error: copyError(error), ...state.place() });
      const { turned } = journal;
      // What could not be undone by an earlier process is tried again now.
      if (turned) errors.splice(0, Infinity, ...turned.filter(({ handlerType }) => handlerType === "invoke"));
      else await journal.turn(errors);
      state.state = (await new Compensation(state, this.calls).undoAll()) ? "reverted" : "failed";
    }
    const outcome: RunOutcome = { state: state.state, result, errors, run: state };
    const finishing = this.sharedTransaction?.ended ? undefined : journal.finish(outcome, state.events);
    if (finishing) await finishing;
    state.tell({ eventType: "onFinish", result, errors });
    return outcome;
  }

  /** The result, or a promise of it, if nothing speaks against the end of the run. */
  private conclude(): unknown {
    // A run that was done before may have been cancelled since.
    this.state.checkStop(this.root);
    return this.resultOf(this.root);
  }

  /** The output of a step, for `resultFrom`. */
  outputOf(key: string): unknown {
    const node = this.root.plan.steps.get(key);
    return node && this.root.slots[node.slot.index];
  }

  // Forward

  private async walk(nodes: readonly PlanNode[], scope: Scope): Promise<void> {
    for (let i = 0; i < nodes.length; i++) {
      const node = nodes[i] as PlanNode;
      const together = this.shares ? await this.shared.perform(nodes, i, scope) : 0;
      if (together) {
        i += together - 1;
        continue;
      }
      if (!this.isPlain || node.kind !== "step" || !isPlainCall(node.options) || scope.skipping) {
        await this.visit(node, scope);
        continue;
      }
      // What visitStep does, where there is nothing to look up, nothing to record, and nothing to wait for but the step.
      const attempt = new PlainAttempt(node, scope, this.identity);
      try {
        const resolved = this.values.resolve(node.input, scope);
        // Nothing but a transform is waited for.
        const input = node.input.transforms.length && isPromise(resolved) ? await resolved : resolved;
        const called = callPlainly(attempt, input);
        const answer = isPromise(called) ? await called : called;
        const closing = attempt.close();
        if (closing) await closing;
        this.keep(node, scope, answer, attempt.events);
      } catch (error) {
        void attempt.close();
        await this.steps.giveUpPlainly(workOfStep(node, scope), error);
      }
    }
  }

  private keep(node: StepNode, scope: Scope, answer: unknown, events: readonly EventMessage[] | undefined): void {
    if (isSkipResponse(answer)) return;
    const { step, options, slot } = node;
    const output = copyOutput(answer, copierOf(step), node.key, scope);
    if (isUndoable({ compensate: step.compensate, options })) {
      const data = copyCompensateInput(answer, output, node.key, scope);
      this.state.undoable.push({ work: workOfStep(node, scope), data });
    }
    if (events) this.state.events.push(...events);
    scope.slots[slot.index] = output;
  }

  private visit(node: PlanNode, scope: Scope): Promise<void> {
    switch (node.kind) {
      case "step":
        return this.visitStep(node, scope);
      case "when":
        return this.visitWhen(node, scope);
      case "hook":
        return this.visitHook(node, scope);
      case "workflow":
        return this.visitWorkflow(node, scope);
      case "parallel":
        return this.visitAll(node.nodes, scope);
    }
  }

  /** Whether it is passed over after a failure that says so. What is on record of it was done before that, or beside it. */
  private skips(node: StepNode | HookNode | WorkflowNode, scope: Scope): boolean {
    return scope.skipping !== false && this.state.skips(node.key, scope, this.isOnRecord([node], scope));
  }

  private isOnRecord(nodes: readonly PlanNode[], scope: Scope): boolean {
    return isOnRecord(nodes, scope, this.journal, this.registry);
  }

  private visitStep(node: StepNode, scope: Scope): Promise<void> {
    if (this.skips(node, scope)) return Promise.resolve();
    if (this.sharedTransaction?.isOpen) return this.sharedTransaction.performStep(node, scope);
    const work = workOfStep(node, scope);
    const { index } = node.slot;
    return node.options.pure ? this.steps.compute(work, node.input, index) : this.steps.perform(work, node.input, index);
  }

  private async visitWhen(node: WhenNode, scope: Scope): Promise<void> {
    const { skipping } = scope;
    if (skipping && (skipping === true || !contains(node.nodes, skipping)) && !this.isOnRecord(node.nodes, scope)) return;
    const key = scope.prefix + node.key;
    let decision = this.journal.recall(key);
    if (!decision) {
      this.state.checkStop(scope);
      const values = await this.values.resolve(node.values, scope);
      decision = { value: Boolean(await this.values.inTime(node.condition(values, this.values.contextOf(scope)), scope)) };
      if (!this.journal.forgets) this.journal.note(key, decision.value, undefined, markOf(node));
    }
    if (!decision.value) return;
    await this.walk(node.nodes, scope);
    if (node.result) scope.slots[node.slot.index] = await this.values.resolve(node.result, scope);
  }

  private async visitHook(node: HookNode, scope: Scope): Promise<void> {
    if (this.skips(node, scope)) return;
    const handlers = this.registry.handlersOf(scope.plan.id, node.key);
    const keys = handlers.length ? handlerKeys(node.key, handlers) : [];
    const results: unknown[] = [];
    for (const [i, key] of keys.entries()) {
      await this.steps.perform(workOfHandler(node, handlers[i] as HookHandlerEntry, key, scope), node.payload, node.slot.index);
      const result = scope.slots[node.slot.index];
      if (result !== undefined) results.push(result);
    }
    const { reduce } = node.options;
    scope.slots[node.slot.index] =
      reduce && results.length
        ? copyNamed(await reduce(results), () => `What the reducer of hook "${node.key}" of workflow "${scope.plan.id}" returns`)
        : results.at(-1);
  }

  private async visitWorkflow(node: WorkflowNode, scope: Scope): Promise<void> {
    if (this.skips(node, scope)) return;
    const key = scope.prefix + node.key;
    const input = await this.copyOf(node.input, scope, () => inputOf(node.plan));
    const inner = new Scope(node.plan, `${key}/`, this.calls.idempotencyKey(key, "invoke"), input, this.isPlain);
    inner.isNew = scope.isNew;
    inner.time = this.timeOf(node.plan, key, scope.time);
    try {
      await this.walk(node.plan.nodes, inner);
      if (inner.time?.isAtWork) this.state.checkStop(inner);
      scope.slots[node.slot.index] = await this.resultOf(inner);
    } catch (error) {
      if (inner.time && error instanceof Interruption) this.journal.wakeWithin?.(inner.time.secondsLeft);
      throw error;
    }
    scope.isNew = inner.isNew;
  }

  /** The time of a nested workflow, which began when it did so first. */
  private timeOf(plan: WorkflowPlan, key: string, outer: NestedTime | undefined): NestedTime | undefined {
    const { timeout } = plan.options;
    if (!timeout) return outer;
    const { journal, begun } = this;
    const name = begunKey(key);
    const now = journal.secondsSinceBegin;
    const noted = journal.recall(name)?.value ?? begun.get(key);
    const since = typeof noted === "number" ? noted : now;
    // It may be noted in a transaction that is not made, and begins once more then.
    begun.set(key, since);
    if (!journal.turned) journal.note(name, since);
    return new NestedTime(plan, performance.now() + (since + timeout - now) * 1000, outer);
  }

  /** All are awaited, also when one fails, so that nothing is undone that is still being done. */
  private async visitAll(nodes: readonly PlanNode[], scope: Scope): Promise<void> {
    this.state.branching++;
    const branches = scope.branches(nodes);
    const settled = await Promise.allSettled(nodes.map((node, i) => this.visit(node, branches[i] as Scope)));
    this.state.branching--;
    scope.join(nodes, branches);
    const reasons = settled.filter((one) => one.status === "rejected").map((one) => one.reason as unknown);
    const interruptions = reasons.filter((reason) => reason instanceof Interruption);
    const fatal = interruptions.find(({ kind }) => kind !== "waiting");
    const failure = reasons.find((reason) => !(reason instanceof Interruption));
    const first = fatal ?? failure ?? interruptions[0];
    if (first) throw first;
  }

  // Values

  private resultOf(scope: Scope): unknown {
    const { result, id } = scope.plan;
    return result && this.copyOf(result, scope, () => `The result of workflow "${id}"`);
  }

  /** The value of a template, or a promise of it; what is written in it beside references is copied as well. */
  private copyOf(template: Template, scope: Scope, what: () => string): unknown {
    const value = this.values.resolve(template, scope);
    const copy = (resolved: unknown) => copyNamed(resolved, what);
    return template.isReference ? value : isPromise(value) ? value.then(copy) : copy(value);
  }
}
