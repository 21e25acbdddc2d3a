import { setImmediate as otherWork } from "node:timers/promises";
import type { EventMessage } from "@velella/kernel";
import { runErrors } from "../errors/workflow-errors";
import { pathsOf } from "../plan/secret-paths";
import type { Template } from "../plan/template";
import { attemptsMade, withAttempt } from "./earlier-attempts";
import { copyError } from "./error-copy";
import { Failed, failureOf, withoutSecrets } from "./failures";
import { Interruption } from "./journal";
import type { Attempt, Journal, StepRecord } from "./journal";
import type { RunState } from "./run-state";
import type { StepCalls } from "./step-calls";
import { isPromise } from "./values";
import type { Values } from "./values";
import { isUndoable } from "./work";
import type { Work } from "./work";

/** Does the steps of a run, one at a time: those on record are not done again. */
export class StepRunner {
  private readonly journal: Journal;

  constructor(
    private readonly state: RunState,
    private readonly values: Values,
    private readonly calls: StepCalls,
  ) {
    this.journal = state.journal;
  }

  /** A step without effects leaves no record of its own; what it returned is noted. */
  async compute(work: Work, input: Template, slot: number): Promise<void> {
    const noted = this.noted(work);
    // It may have been a step with effects when it was done.
    const known = noted ?? this.journal.recorded(work.key, "invoke");
    if (known && known.status !== "starting" && known.status !== "retrying") {
      await this.recall(work, known, slot);
      return;
    }
    if (known?.status === "retrying") {
      this.state.checkStop(work.scope);
      this.awaitTurn(work, known);
    }
    // What the last attempt emits: those before it have failed.
    let held: EventMessage[] = [];
    const record = await this.attemptUntilSettled(work, input, known, (attempt, resolved) =>
      this.calls.invoke(work, attempt, resolved, undefined, (held = [])),
    );
    if (record.status === "failed") return;
    if (!this.journal.forgets) this.journal.note(work.key, record.output, held);
    if (held.length) this.state.events.push(...held);
    work.scope.slots[slot] = record.output;
  }

  private async recall(work: Work, known: StepRecord, slot: number): Promise<void> {
    this.tellNews(work, known);
    const record =
      known.status === "failed" ? this.afterFailure(work, known) : known.status === "waiting" ? await this.answerTo(work, known) : known;
    this.state.keep(work, record);
    work.scope.slots[slot] = record.output;
  }

  /** Does a step with effects, or takes what is on record of it. */
  async perform(work: Work, input: Template, slot: number): Promise<void> {
    const record = await this.recordOf(work, input);
    this.state.keep(work, record);
    work.scope.slots[slot] = record.output;
  }

  /** What was noted of a step without effects: there is nothing to undo. */
  private noted(work: Work): StepRecord | undefined {
    const note = this.journal.recall(work.key);
    return note && { status: "skipped", attempts: 1, output: note.value, ...(note.events && { events: note.events }) };
  }

  /** The final record of a step: from the journal, or by doing it. */
  private async recordOf(work: Work, input: Template): Promise<StepRecord> {
    // It may have been a step without effects when it was done.
    const known =
      this.journal.recorded(work.key, "invoke") ?? this.noted(work) ?? (this.isInDoubt(work) ? await this.noteDoubt(work) : undefined);
    if (known) this.tellNews(work, known);
    if (known?.status === "done" || known?.status === "skipped") return known;
    if (known?.status === "failed") return this.afterFailure(work, known);
    try {
      return await (known?.status === "waiting" && !isToBeCalledAgain(work, known)
        ? this.answerTo(work, known)
        : this.doStep(work, input, known));
    } catch (error) {
      // It has begun: when the run turns round, here or because another branch failed, it is undone as well.
      const waits = error instanceof Interruption && error.kind === "waiting";
      const stopped = known !== undefined && error instanceof Failed && (this.journal.turned !== undefined || this.state.stops(work.scope));
      const { undoable } = this.state;
      const listed = undoable.at(-1)?.work === work;
      if ((waits || stopped) && !listed && isUndoable(work)) undoable.push({ work, data: undefined, isOpen: true });
      if (waits) this.state.checkStop(work.scope);
      throw error;
    }
  }

  /** Tells of an answer that came while the run rested. */
  private tellNews(work: Work, known: StepRecord): void {
    if (!this.journal.isNews?.(work.key, "invoke")) return;
    work.scope.begin();
    if (known.status === "done") this.state.tellSuccess(work, known);
    else if (known.status === "failed") this.tellFailure(work, known);
  }

  private tellFailure(work: Work, { error = unknownError, attempts }: StepRecord): void {
    const errors = [this.state.failureOf(work, "invoke", error, attempts)];
    this.state.tell({ eventType: "onStepFailure", step: work.key, action: work.name, errors });
  }

  /** A step that was failed from outside while its run was at work. */
  private failedOutside(work: Work, record: StepRecord): StepRecord {
    this.tellFailure(work, record);
    return this.afterFailure(work, record);
  }

  /**
   * Whether an earlier process may have begun a step of which nothing is on record, in a run that is undone before the step is done
   * again: a plain one leaves no record until its function has returned.
   */
  private isInDoubt(work: Work): boolean {
    const { transactional, async } = work.options;
    const { wasLeftAtWork, turned } = this.journal;
    const isPlain = !transactional && !async;
    return wasLeftAtWork === true && !turned && this.state.stops(work.scope) && !work.scope.isNew && isPlain && isUndoable(work);
  }

  /** Puts that on record, for whoever goes on with the undoing: it is undone without data, like a step that waits. */
  private noteDoubt(work: Work): Promise<StepRecord> {
    const error = runErrors.inDoubt(work.name);
    const { id } = this.state.root.plan;
    this.journal.warn?.(`Workflow "${id}", transaction "${this.state.identity.transactionId}": ${error.message}`);
    return this.journal.fail(this.calls.attemptOf(work, "invoke", 1), { status: "starting", error: copyError(error), attempts: 1 });
  }

  private doStep(work: Work, input: Template, known: StepRecord | undefined): Promise<StepRecord> {
    const isWaiting = known?.status === "waiting";
    if (known?.status === "retrying") this.awaitTurn(work, known);
    return this.attemptUntilSettled(work, input, known, async (attempt, resolved) => {
      // One that is called again while it waits may be answered at any time already.
      if (work.options.async && !isWaiting) await this.journal.begin(attempt, work.options.timeout || undefined);
      const record = await this.journal.perform(attempt, async (shared) => {
        const held: EventMessage[] = [];
        const answer = await this.calls.invoke(work, attempt, resolved, shared, held);
        if (held.length) answer.events = held;
        return answer;
      });
      // Failed from outside while its function still ran.
      if (record.status === "failed") return this.failedOutside(work, record);
      return record.status === "waiting" ? this.awaitAnswer(work, attempt) : record;
    });
  }

  /** Of a step that waited already when the run was taken up. */
  private async answerTo(work: Work, known: StepRecord): Promise<StepRecord> {
    const answer = await this.awaitAnswer(work, this.calls.attemptOf(work, "invoke", known.attempts), known);
    if (answer.status === "done") this.state.tellSuccess(work, answer);
    return answer;
  }

  private async awaitAnswer(work: Work, attempt: Attempt, known?: StepRecord): Promise<StepRecord> {
    this.state.tell({ eventType: "onStepAwaiting", step: work.key, action: work.name });
    const { timeout, retryIntervalAwaiting } = work.options;
    if (known?.expired) return this.giveUp(work, attempt, runErrors.timedOut(`Step ${work.name}`, timeout ?? 0), undefined);
    const again = mayBeCalledAgain(work, attempt.number) ? retryIntervalAwaiting : undefined;
    const answer = await this.journal.waitForAnswer(attempt, again);
    return answer.status === "failed" ? this.failedOutside(work, answer) : answer;
  }

  /** The run may have been woken for something else before the next attempt is due. */
  private awaitTurn({ options: { autoRetry } }: Work, { expired, dueIn }: StepRecord): void {
    // An attempt without a time comes when someone asks for it; before steps could say so, every one had its time noted elsewhere.
    if (!expired && (dueIn !== undefined || autoRetry === false)) this.journal.pause(dueIn);
  }

  private async attemptUntilSettled(
    work: Work,
    input: Template,
    known: StepRecord | undefined,
    run: (attempt: Attempt, input: unknown) => Promise<StepRecord>,
  ): Promise<StepRecord> {
    const { state } = this;
    const { scope } = work;
    state.checkStop(scope);
    scope.begin();
    const { maxRetries = 0, retryInterval, autoRetry, secret } = work.options;
    state.tell({ eventType: "onStepBegin", step: work.key, action: work.name });
    let earlier = known?.earlier;
    for (let number = attemptsMade(known) + 1; ; number++) {
      const attempt = this.calls.attemptOf(work, "invoke", number, earlier);
      let given: unknown;
      try {
        const resolved = this.values.resolve(input, scope);
        given = isPromise(resolved) ? await resolved : resolved;
        const record = await run(attempt, given);
        state.tellSuccess(work, record);
        return record;
      } catch (thrown) {
        if (thrown instanceof Interruption || thrown instanceof Failed) throw thrown;
        const failure = failureOf(thrown, work);
        const error = secret ? withoutSecrets(failure.error, given, pathsOf(secret.input)) : failure.error;
        const left = failure.compensateInput;
        if ((failure.isFinal || number > maxRetries) && !state.stops(scope)) return this.giveUp(work, attempt, error, left);
        const waits = autoRetry === false || retryInterval;
        if (!state.stops(scope) && waits)
          await this.journal.retryLater(
            attempt,
            copyError(error),
            autoRetry === false ? undefined : retryInterval,
            scope.time?.nearest.secondsLeft,
          );
        if (state.stops(scope)) return this.stopAfter(work, attempt, error, left);
        // Others have their turn, however often this one is tried.
        if (!waits) await otherWork();
        earlier = withAttempt(earlier, number, { startedAt: attempt.startedAt, finishedAt: Date.now() }, copyError(error));
      }
    }
  }

  /** Of a step that is made of a plain call. */
  giveUpPlainly(work: Work, thrown: unknown): Promise<StepRecord> {
    const { error, compensateInput } = failureOf(thrown, work);
    return this.giveUp(work, this.calls.attemptOf(work, "invoke", 1), error, compensateInput);
  }

  /** Records that a step failed for good. Throws {@link Failed} unless the run goes on in spite of it. */
  private async giveUp(work: Work, attempt: Attempt, error: unknown, compensateInput: unknown): Promise<StepRecord> {
    const record = await this.recordFailure(work, attempt, error, compensateInput);
    return record.status === "failed" ? this.afterFailure(work, record) : record;
  }

  /** The run is stopped, and that is what its caller is told: not what became of the step meanwhile, which is undone. */
  private async stopAfter(work: Work, attempt: Attempt, error: unknown, compensateInput: unknown): Promise<StepRecord> {
    const record = await this.recordFailure(work, attempt, error, compensateInput);
    if (record.status !== "failed") return record;
    if (isUndoable(work)) this.state.undoable.push({ work, data: record.compensateInput });
    this.state.checkStop(work.scope);
    throw new Failed(work.name);
  }

  /** Returns what is on record then: an answer from outside may have been first. */
  private async recordFailure(work: Work, attempt: Attempt, thrown: unknown, compensateInput: unknown): Promise<StepRecord> {
    const error = copyError(thrown);
    const record: StepRecord = { status: "failed", error, attempts: attempt.number, compensateInput };
    // Where a pure step fails and the run goes on, that is a decision to be kept, too.
    const settled = await this.journal.fail(attempt, record);
    if (settled.status !== "failed") return settled;
    this.tellFailure(work, record);
    return record;
  }

  private afterFailure(work: Work, record: StepRecord): StepRecord {
    const { continueOnPermanentFailure, skipOnPermanentFailure } = work.options;
    const { error = unknownError } = record;
    const tolerated = Boolean(skipOnPermanentFailure || continueOnPermanentFailure);
    this.state.errors.push({ ...this.state.failureOf(work, "invoke", error, record.attempts), ...(tolerated && { tolerated }) });
    if (isUndoable(work)) this.state.undoable.push({ work, data: record.compensateInput });
    if (!tolerated) throw new Failed(work.name);
    if (skipOnPermanentFailure) work.scope.skipping = skipOnPermanentFailure;
    return { status: "failed", attempts: record.attempts };
  }
}

const unknownError = { name: "Error", message: "The step failed." };

/** Whether a step that waits for an answer is one that is called again meanwhile, and has not been often enough. */
function mayBeCalledAgain({ options: { retryIntervalAwaiting, maxAwaitingRetries = Infinity } }: Work, attempts: number): boolean {
  return retryIntervalAwaiting !== undefined && attempts <= maxAwaitingRetries;
}

function isToBeCalledAgain(work: Work, { attempts, expired, age = 0 }: StepRecord): boolean {
  return !expired && mayBeCalledAgain(work, attempts) && age >= (work.options.retryIntervalAwaiting ?? 0);
}
