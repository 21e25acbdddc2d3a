import { withAmbient } from "@velella/kernel";
import type { EventMessage, SharedContext } from "@velella/kernel";
import type { StepExecutionContext } from "../options/step-options";
import { isSkipResponse } from "../options/step-response";
import { runErrors } from "../errors/workflow-errors";
import type { WorkflowPlan } from "../plan/plan";
import { stepSpan } from "../tracing/spans";
import { copyCompensateInput, copyOutput } from "./answer-copies";
import type { EarlierAttempts } from "./earlier-attempts";
import { EventHold } from "./event-hold";
import { failureOf, TimedOut } from "./failures";
import type { Attempt, Journal, Phase, StepRecord } from "./journal";
import { idempotencyKeyOf } from "./plain-call";
import { StepContext } from "./step-context";
import type { RunIdentity } from "./step-context";
import { TimeLimit } from "./time-limit";
import type { Watched } from "./time-limit";
import type { Work } from "./work";

/** Calls the functions of steps on behalf of one run. */
export class StepCalls {
  constructor(
    private readonly plan: WorkflowPlan,
    private readonly identity: RunIdentity,
    private readonly journal: Journal,
  ) {}

  /**
   * Calls the function of a step, and makes a record of what it returns. Throws what it throws, and {@link TimedOut} when its
   * time is over.
   */
  async invoke(work: Work, attempt: Attempt, input: unknown, shared: SharedContext | undefined, held: EventMessage[]): Promise<StepRecord> {
    const limit = this.limitOf(work, attempt);
    const hold = new EventHold(held);
    try {
      const called = this.call(work, attempt, shared, hold, limit, (context) => work.invoke(input, context));
      return limit ? await this.invokeWithin(limit, called, work, attempt, shared) : recordOf(work, attempt, await called);
    } finally {
      const closing = hold.close();
      if (closing) await closing;
    }
  }

  private async invokeWithin(
    limit: TimeLimit,
    called: unknown,
    work: Work,
    attempt: Attempt,
    shared: SharedContext | undefined,
  ): Promise<StepRecord> {
    const seen = await limit.watch(called);
    if (seen.state === "running") throw this.stillRuns(limit, work);
    // The run's time being over is the run's affair: what the step did is recorded, and undone with the rest.
    if (!seen.isLate || limit.isOfRun) {
      if (seen.state === "error") throw seen.error;
      return recordOf(work, attempt, seen.value);
    }
    // What was done in a transaction is undone with it.
    throw new TimedOut(limit.overdue, shared ? undefined : leftBehind(seen, work, attempt));
  }

  /** Calls the compensation of a step. Throws what it throws, and {@link TimedOut} when it does not end. */
  async compensate(work: Work, attempt: Attempt, data: unknown, shared: SharedContext | undefined): Promise<void> {
    const limit = this.limitOf(work, attempt);
    // Not closed: what comes later is dropped as well.
    const hold = new EventHold();
    try {
      const called = this.call(work, attempt, shared, hold, limit, (context) => work.compensate?.(data, context));
      await this.settleCompensation(called, limit, work);
    } finally {
      if (hold.events.length) this.tellDropped(work, hold.events);
    }
  }

  /** Only a run that succeeds emits what it holds. */
  private tellDropped({ name }: Work, held: readonly EventMessage[]): void {
    const names = [...new Set(held.map((message) => `"${message.name}"`))].join(", ");
    this.journal.warn?.(
      `The compensation of step "${name}" of workflow "${this.plan.id}", transaction "${this.identity.transactionId}", emits ${names}: ` +
        `a workflow that fails emits nothing. To tell of what was undone, emit it by the event bus, without the workflow's eventGroupId.`,
    );
  }

  private async settleCompensation(called: unknown, limit: TimeLimit | undefined, work: Work): Promise<void> {
    if (!limit) {
      await called;
      return;
    }
    const seen = await limit.watch(called);
    if (seen.state === "running") throw this.stillRuns(limit, work);
    if (seen.state === "error") throw seen.error;
  }

  /** Calls a function of a step with its context; events that it emits are held. */
  private call(
    work: Work,
    attempt: Attempt,
    shared: SharedContext | undefined,
    hold: EventHold,
    limit: TimeLimit | undefined,
    run: (context: StepExecutionContext) => unknown,
  ): unknown {
    const { scope } = work;
    const identity = {
      workflowId: scope.plan.id,
      stepName: work.name,
      action: attempt.phase,
      idempotencyKey: attempt.idempotencyKey,
      parentStepIdempotencyKey: scope.parentKey,
      attempt: attempt.number,
    };
    const context = new StepContext(this.identity, identity, shared, hold, () => this.signalOf(limit, attempt));
    const { eventGroupId } = this.identity;
    // A pure step calls no one who would emit on its behalf.
    return stepSpan(context, () => (work.options.pure ? run(context) : withAmbient(hold.ambient(eventGroupId), () => run(context))));
  }

  /** One of the attempt's own, so that whoever listens to it is forgotten with it. What is being undone is not cancelled. */
  private signalOf(limit: TimeLimit | undefined, { phase }: Attempt): AbortSignal {
    const cancellation = phase === "invoke" ? this.journal.cancellation : undefined;
    return AbortSignal.any([limit?.signal, cancellation].filter((signal) => signal !== undefined));
  }

  /** Its own time, or what is left of the run's or of a nested workflow's; these are not asked about when it is being undone. */
  private limitOf(work: Work, { phase }: Attempt): TimeLimit | undefined {
    const { timeout, async } = work.options;
    const own = phase === "invoke" || !async ? timeout || Infinity : Infinity;
    const nested = phase === "invoke" ? work.scope.time?.nearest : undefined;
    const inNested = nested?.secondsLeft ?? Infinity;
    const left = Math.min(inNested, (phase === "invoke" ? this.journal.secondsLeft : undefined) ?? Infinity);
    if (left < own) {
      const { id, options } = nested && left === inNested ? nested.plan : this.plan;
      return new TimeLimit(left, options.timeout ?? left, `Workflow ${id}`, true);
    }
    return own < Infinity ? new TimeLimit(own, own, `Step ${work.name}`, false) : undefined;
  }

  private stillRuns({ of, timeout, grace }: TimeLimit, { name }: Work): TimedOut {
    return new TimedOut(runErrors.stillRuns(of, timeout, name, grace));
  }

  /** @param earlier The attempts before it, to be recorded with it. */
  attemptOf(work: Work, phase: Phase, number: number, earlier?: EarlierAttempts): Attempt {
    return {
      key: work.key,
      phase,
      number,
      transactional: Boolean(work.options.transactional),
      idempotencyKey: this.idempotencyKey(work.key, phase),
      startedAt: Date.now(),
      earlier,
    };
  }

  idempotencyKey(key: string, phase: Phase): string {
    return idempotencyKeyOf(this.plan.id, this.identity.transactionId, key, phase);
  }
}

/** What a function that ended too late left to be undone. */
function leftBehind(seen: Exclude<Watched, { state: "running" }>, work: Work, attempt: Attempt): unknown {
  try {
    return seen.state === "error" ? failureOf(seen.error, work).compensateInput : recordOf(work, attempt, seen.value).compensateInput;
  } catch {
    // It returned what cannot be recorded, by which it would have failed in time as well.
    return undefined;
  }
}

function recordOf(work: Work, attempt: Attempt, answer: unknown): StepRecord {
  const { async, backgroundExecution } = work.options;
  if (isSkipResponse(answer)) return { status: "skipped", attempts: attempt.number };
  if (answer === undefined && async && !backgroundExecution) return { status: "waiting", attempts: attempt.number };
  const output = copyOutput(answer, work.copy, work.name, work.scope);
  const compensateInput = copyCompensateInput(answer, output, work.name, work.scope);
  return { status: "done", output, compensateInput, attempts: attempt.number };
}
