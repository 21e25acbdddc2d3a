import { isTracing } from "@velella/kernel";
import type { EventMessage } from "@velella/kernel";
import { isSkipResponse, isStepResponse } from "../compose/step-response";
import { runErrors } from "../errors";
import { jsonCopy } from "../plan/json-copy";
import type { HookNode, PlanNode, StepNode, WhenNode, WorkflowNode, WorkflowPlan } from "../plan/plan";
import { masked } from "../plan/secret-parts";
import { pathsOf } from "../plan/secret-paths";
import { copierOf } from "../plan/shape-copier";
import type { Template } from "../plan/template";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { copyError } from "./error-copy";
import { Failed, isPermanent, withoutSecrets } from "./failures";
import { Interruption } from "./journal";
import type { Attempt, Journal, Performed, StepRecord } from "./journal";
import type { RunOutcome, StepFailure } from "./outcome";
import { callPlainly, isPlainCall } from "./plain-call";
import type { RunObserver } from "./run-observer";
import { canShare, contains, sharingFrom } from "./plan-walk";
import { Scope } from "./scope";
import { StepCalls } from "./step-calls";
import type { RunIdentity } from "./step-context";
import { isPromise, Values } from "./values";
import { isUndoable, workOfHandler, workOfStep } from "./work";
import type { Undoable, Work } from "./work";

// A compensation that fails is tried again even if its step does not ask for retries.
const compensationRetries = 2;

/**
 * One run of a plan, in one process. It walks the plan from its beginning; what the journal has on record is not done
 * again, so that a run which was interrupted goes on where it stood.
 */
export class Run {
  private readonly failures: StepFailure[] = [];
  private readonly undoable: Undoable[] = [];
  private readonly events: EventMessage[] = [];
  /** How many parallel groups it is inside of. */
  private branching = 0;
  /** Steps that shared a transaction failed, so that each has one of its own from here on. */
  private isApart = false;
  private readonly root: Scope;
  private readonly values: Values;
  private readonly calls: StepCalls;
  /** Nobody records or watches this run, so that most steps are plain calls. */
  private readonly isPlain: boolean;

  constructor(
    plan: WorkflowPlan,
    input: unknown,
    private readonly identity: RunIdentity,
    private readonly registry: WorkflowRegistry,
    private readonly journal: Journal,
    private readonly observe?: RunObserver,
  ) {
    this.isPlain = journal.forgets === true && !observe && !isTracing();
    this.root = new Scope(plan, "", undefined, input, this.isPlain);
    this.values = new Values(identity, journal);
    this.calls = new StepCalls(plan.id, identity);
  }

  /** Runs to the end, and compensates on failure. Throws nothing but an {@link Interruption}. */
  async execute(): Promise<RunOutcome> {
    let result: unknown;
    let failed = false;
    try {
      await this.walk(this.root.plan.nodes, this.root);
      // A run that was done before may have been cancelled since.
      this.checkStop();
      const resolved = this.resultOf(this.root);
      result = isPromise(resolved) ? await resolved : resolved;
    } catch (error) {
      if (error instanceof Interruption) throw error;
      if (!(error instanceof Failed)) this.failures.push({ action: this.root.plan.id, handlerType: "invoke", error: copyError(error) });
      failed = true;
      const { turned } = this.journal;
      if (turned) this.failures.splice(0, Infinity, ...turned);
      else await this.journal.turn(this.failures);
    }
    const outcome: RunOutcome = failed ? await this.compensate() : { state: "done", result, errors: this.failures };
    await this.journal.finish(outcome, this.events);
    return outcome;
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
      const together = node.kind === "step" && canShare(node) ? await this.performTogether(nodes, i, scope) : 0;
      if (together) {
        i += together - 1;
        continue;
      }
      if (!this.isPlain || node.kind !== "step" || !isPlainCall(node.options) || scope.skipping) {
        await this.visit(node, scope);
        continue;
      }
      // What visitStep does, where there is nothing to look up, nothing to record, and nothing to wait for but the step.
      const held: EventMessage[] = [];
      try {
        const resolved = this.values.resolve(node.input, scope);
        const input = isPromise(resolved) ? await resolved : resolved;
        const called = callPlainly(node, scope, this.identity, this.root.plan.id, input, held);
        this.keep(node, scope, isPromise(called) ? await called : called, held);
      } catch (error) {
        const work = workOfStep(node, scope);
        await this.giveUp(work, this.calls.attemptOf(work, "invoke", 1), error);
      }
    }
  }

  private keep(node: StepNode, scope: Scope, answer: unknown, held: readonly EventMessage[]): void {
    if (isSkipResponse(answer)) return;
    const { step, options, slot } = node;
    const isResponse = isStepResponse(answer);
    const output = copierOf(step)(isResponse ? answer.output : answer);
    if (isUndoable({ compensate: step.compensate, options })) {
      const data = isResponse && answer.compensateInput !== answer.output ? jsonCopy(answer.compensateInput) : output;
      this.undoable.push({ work: workOfStep(node, scope), data });
    }
    if (held.length) this.events.push(...held);
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

  private visitStep(node: StepNode, scope: Scope): Promise<void> {
    if (scope.skipping && this.skips(node.key, scope)) return Promise.resolve();
    const work = workOfStep(node, scope);
    return node.options.pure ? this.compute(work, node.input, node.slot.index) : this.perform(work, node.input, node.slot.index);
  }

  private skips(key: string, scope: Scope): boolean {
    if (scope.skipping === key) scope.skipping = false;
    if (scope.skipping) this.observe?.({ eventType: "onStepSkipped", step: scope.prefix + key });
    return scope.skipping !== false;
  }

  private async visitWhen(node: WhenNode, scope: Scope): Promise<void> {
    if (scope.skipping === true || (scope.skipping && !contains(node.nodes, scope.skipping))) return;
    const key = scope.prefix + node.key;
    let decision = this.journal.recall(key);
    if (!decision) {
      this.checkStop();
      const values = await this.values.resolve(node.values, scope);
      decision = { value: Boolean(await node.condition(values, this.values.contextOf(scope))) };
      this.journal.note(key, decision.value);
    }
    if (!decision.value) return;
    await this.walk(node.nodes, scope);
    if (node.result) scope.slots[node.slot.index] = await this.values.resolve(node.result, scope);
  }

  private async visitHook(node: HookNode, scope: Scope): Promise<void> {
    if (scope.skipping && this.skips(node.key, scope)) return;
    const results: unknown[] = [];
    let number = 0;
    for (const handler of this.registry.handlersOf(scope.plan.id, node.key)) {
      const work = workOfHandler(node, handler, ++number, scope);
      await this.perform(work, node.payload, node.slot.index);
      const result = scope.slots[node.slot.index];
      if (result !== undefined) results.push(result);
    }
    const { reduce } = node.options;
    scope.slots[node.slot.index] = reduce && results.length ? jsonCopy(await reduce(results)) : results.at(-1);
  }

  private async visitWorkflow(node: WorkflowNode, scope: Scope): Promise<void> {
    if (scope.skipping && this.skips(node.key, scope)) return;
    const key = scope.prefix + node.key;
    const input = await this.copyOf(node.input, scope);
    const inner = new Scope(node.plan, `${key}/`, this.calls.idempotencyKey(key, "invoke"), input, this.isPlain);
    await this.walk(node.plan.nodes, inner);
    scope.slots[node.slot.index] = await this.resultOf(inner);
  }

  /** All are awaited, also when one fails, so that nothing is undone that is still being done. */
  private async visitAll(nodes: readonly PlanNode[], scope: Scope): Promise<void> {
    this.branching++;
    const settled = await Promise.allSettled(nodes.map((node) => this.visit(node, scope)));
    this.branching--;
    const reasons = settled.filter((one) => one.status === "rejected").map((one) => one.reason as unknown);
    const interruptions = reasons.filter((reason) => reason instanceof Interruption);
    const fatal = interruptions.find(({ kind }) => kind !== "waiting");
    const failure = reasons.find((reason) => !(reason instanceof Interruption));
    const first = fatal ?? failure ?? interruptions[0];
    if (first) throw first;
  }

  // Steps

  /**
   * Steps that share a transaction, from one node on. Returns how many were done. If one of them fails nothing has happened,
   * and none counts as done: each by itself then shows which one it is, and what is to be done about it.
   */
  private async performTogether(nodes: readonly PlanNode[], start: number, scope: Scope): Promise<number> {
    const { journal } = this;
    if (!journal.performTogether || this.isApart || scope.skipping || this.branching > 0) return 0;
    const works = sharingFrom(nodes, start).map((node) => ({ node, work: workOfStep(node, scope) }));
    if (works.length < 2 || works.some(({ work }) => journal.recorded(work.key, "invoke"))) return 0;
    const goBack = scope.mark();
    let done: (Performed & { work: Work })[] = [];
    try {
      await journal.performTogether(async (shared) => {
        done = [];
        goBack();
        for (const { node, work } of works) {
          if (journal.stop) throw new Failed();
          const attempt = this.calls.attemptOf(work, "invoke", 1);
          const held: EventMessage[] = [];
          const record = await this.calls.invoke(work, attempt, await this.values.resolve(node.input, scope), shared, held);
          if (held.length) record.events = held;
          scope.slots[node.slot.index] = record.output;
          done.push({ attempt, record, work });
        }
        return done;
      });
    } catch (error) {
      if (error instanceof Interruption) throw error;
      goBack();
      this.isApart = true;
      return 0;
    }
    for (const { record, work } of done) {
      this.observe?.({ eventType: "onStepBegin", step: work.key });
      this.tellSuccess(work, record);
      this.keepRecord(work, record);
    }
    return done.length;
  }

  /** A pure step leaves no record of its own; what it returned is noted. */
  private async compute(work: Work, input: Template, slot: number): Promise<void> {
    const known = this.journal.recall(work.key);
    if (known) {
      if (known.events) this.events.push(...known.events);
      work.scope.slots[slot] = known.value;
      return;
    }
    const failed = this.journal.recorded(work.key, "invoke");
    if (failed) return void this.afterFailure(work, failed);
    const held: EventMessage[] = [];
    const record = await this.attemptUntilSettled(work, input, 0, (attempt, resolved) =>
      this.calls.invoke(work, attempt, resolved, undefined, held),
    );
    if (record.status === "failed") return;
    this.journal.note(work.key, record.output, held);
    if (held.length) this.events.push(...held);
    work.scope.slots[slot] = record.output;
  }

  private async perform(work: Work, input: Template, slot: number): Promise<void> {
    const record = await this.recordOf(work, input);
    this.keepRecord(work, record);
    work.scope.slots[slot] = record.output;
  }

  private keepRecord(work: Work, record: StepRecord): void {
    if (record.events) this.events.push(...record.events);
    if (record.status === "done" && isUndoable(work)) this.undoable.push({ work, data: record.compensateInput });
  }

  /** The final record of a step: from the journal, or by doing it. */
  private async recordOf(work: Work, input: Template): Promise<StepRecord> {
    const known = this.journal.recorded(work.key, "invoke");
    if (known?.status === "done" || known?.status === "skipped") return known;
    if (known?.status === "failed") return this.afterFailure(work, known);
    try {
      return await (known?.status === "waiting"
        ? this.awaitAnswer(work, this.calls.attemptOf(work, "invoke", known.attempts), known)
        : this.doStep(work, input, known));
    } catch (error) {
      // It has begun: when the run turns round, here or because another branch failed, it is undone as well.
      const waits = error instanceof Interruption && error.kind === "waiting";
      const stopped =
        known !== undefined && error instanceof Failed && (this.journal.turned !== undefined || this.journal.stop !== undefined);
      const listed = this.undoable.at(-1)?.work === work;
      if ((waits || stopped) && !listed && isUndoable(work)) this.undoable.push({ work, data: undefined });
      if (waits) this.checkStop();
      throw error;
    }
  }

  private doStep(work: Work, input: Template, known: StepRecord | undefined): Promise<StepRecord> {
    const attempts = known?.status === "retrying" ? known.attempts : 0;
    return this.attemptUntilSettled(work, input, attempts, async (attempt, resolved) => {
      if (work.options.async) await this.journal.begin(attempt, work.options.timeout);
      const record = await this.journal.perform(attempt, async (shared) => {
        const held: EventMessage[] = [];
        const answer = await this.calls.invoke(work, attempt, resolved, shared, held);
        if (held.length) answer.events = held;
        return answer;
      });
      // Failed from outside while its function still ran.
      if (record.status === "failed") return this.afterFailure(work, record);
      return record.status === "waiting" ? this.awaitAnswer(work, attempt) : record;
    });
  }

  private async awaitAnswer(work: Work, attempt: Attempt, known?: StepRecord): Promise<StepRecord> {
    this.observe?.({ eventType: "onStepAwaiting", step: work.key });
    const { timeout } = work.options;
    if (known?.expired) return this.giveUp(work, attempt, runErrors.timedOut(`Step ${work.name}`, timeout ?? 0));
    const answer = await this.journal.waitForAnswer(attempt, timeout);
    return answer.status === "failed" ? this.afterFailure(work, answer) : answer;
  }

  private async attemptUntilSettled(
    work: Work,
    input: Template,
    attempts: number,
    run: (attempt: Attempt, input: unknown) => Promise<StepRecord>,
  ): Promise<StepRecord> {
    this.checkStop();
    const { maxRetries = 0, retryInterval } = work.options;
    this.observe?.({ eventType: "onStepBegin", step: work.key });
    for (let number = attempts + 1; ; number++) {
      const attempt = this.calls.attemptOf(work, "invoke", number);
      let given: unknown;
      try {
        const resolved = this.values.resolve(input, work.scope);
        given = isPromise(resolved) ? await resolved : resolved;
        const record = await run(attempt, given);
        this.tellSuccess(work, record);
        return record;
      } catch (thrown) {
        if (thrown instanceof Interruption || thrown instanceof Failed) throw thrown;
        const { secret } = work.options;
        const error = secret ? withoutSecrets(thrown, given, pathsOf(secret.input)) : thrown;
        if (isPermanent(error) || number > maxRetries) return this.giveUp(work, attempt, error);
        if (retryInterval) await this.journal.retryLater(attempt, copyError(error), retryInterval);
      }
    }
  }

  private tellSuccess(work: Work, record: StepRecord): void {
    this.observe?.({
      eventType: record.status === "skipped" ? "onStepSkipped" : "onStepSuccess",
      step: work.key,
      response: masked(record.output, pathsOf(work.options.secret?.output)),
    });
  }

  private async giveUp(work: Work, attempt: Attempt, error: unknown): Promise<StepRecord> {
    const compensateInput = isPermanent(error) ? jsonCopy((error as { compensateInput?: unknown }).compensateInput) : undefined;
    const record: StepRecord = { status: "failed", error: copyError(error), attempts: attempt.number, compensateInput };
    // Where a pure step fails and the run goes on, that is a decision to be kept, too.
    const settled = await this.journal.fail(attempt, record);
    if (settled.status !== "failed") return settled;
    this.observe?.({
      eventType: "onStepFailure",
      step: work.key,
      errors: [{ action: work.name, handlerType: "invoke", error: record.error }],
    });
    return this.afterFailure(work, record);
  }

  private afterFailure(work: Work, record: StepRecord): StepRecord {
    const { continueOnPermanentFailure, skipOnPermanentFailure } = work.options;
    const error = record.error ?? { name: "Error", message: "The step failed." };
    this.failures.push({ action: work.name, handlerType: "invoke", error });
    if (isUndoable(work)) this.undoable.push({ work, data: record.compensateInput });
    if (skipOnPermanentFailure) work.scope.skipping = skipOnPermanentFailure;
    else if (!continueOnPermanentFailure) throw new Failed(work.name);
    return { status: "failed", attempts: record.attempts };
  }

  // Backward

  private async compensate(): Promise<RunOutcome> {
    this.observe?.({ eventType: "onCompensateBegin" });
    let failed = false;
    for (const { work, data } of this.undoable.reverse()) {
      if (!(await this.undo(work, data))) failed = true;
    }
    return { state: failed ? "failed" : "reverted", result: undefined, errors: this.failures };
  }

  /** Undoes one step; false when that failed for good, in which case the rest is undone all the same. */
  private async undo(work: Work, data: unknown): Promise<boolean> {
    const known = this.journal.recorded(work.key, "compensate");
    if (known?.status === "done") return true;
    if (known?.status === "failed") return this.undoFailed(work, known);
    const { maxRetries = 0, retryInterval } = work.options;
    for (let number = (known?.attempts ?? 0) + 1; ; number++) {
      const attempt = this.calls.attemptOf(work, "compensate", number);
      try {
        await this.journal.perform(attempt, async (shared) => {
          await this.calls.call(work, attempt, shared, [], (context) => work.compensate?.(data, context));
          return { status: "done", attempts: number };
        });
        this.observe?.({ eventType: "onCompensateStepSuccess", step: work.key });
        return true;
      } catch (thrown) {
        if (thrown instanceof Interruption) throw thrown;
        const error = work.options.secret ? withoutSecrets(thrown, data, [[]]) : thrown;
        if (isPermanent(error) || number > Math.max(maxRetries, compensationRetries)) {
          const record: StepRecord = { status: "failed", error: copyError(error), attempts: number };
          await this.journal.fail(attempt, record);
          return this.undoFailed(work, record);
        }
        if (retryInterval) await this.journal.retryLater(attempt, copyError(error), retryInterval);
      }
    }
  }

  private undoFailed(work: Work, record: StepRecord): false {
    const error = record.error ?? { name: "Error", message: "The compensation failed." };
    const failure: StepFailure = { action: work.name, handlerType: "compensate", error };
    this.failures.push(failure);
    this.observe?.({ eventType: "onCompensateStepFailure", step: work.key, errors: [failure] });
    return false;
  }

  // Values

  private resultOf(scope: Scope): unknown {
    return scope.plan.result && this.copyOf(scope.plan.result, scope);
  }

  /** The value of a template, or a promise of it; what is written in it beside references is copied as well. */
  private copyOf(template: Template, scope: Scope): unknown {
    const value = this.values.resolve(template, scope);
    return template.isReference ? value : isPromise(value) ? value.then(jsonCopy) : jsonCopy(value);
  }

  /** Called before anything new is done. */
  private checkStop(): void {
    const { stop, turned } = this.journal;
    if (turned) throw new Failed();
    if (!stop) return;
    const { id, options } = this.root.plan;
    const error =
      stop === "cancelled"
        ? runErrors.cancelled(id, this.identity.transactionId)
        : runErrors.timedOut(`Workflow ${id}`, options.timeout ?? 0);
    if (stop === "timed out") this.observe?.({ eventType: "onTimeout" });
    this.failures.push({ action: id, handlerType: "invoke", error: copyError(error) });
    throw new Failed(id);
  }
}
