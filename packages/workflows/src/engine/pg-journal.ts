import { performance } from "node:perf_hooks";
import type { EventMessage, Logger, SharedContext, SqlConnection, SqlTransaction, TransactionOptions } from "@velella/kernel";
import { isAborted, isRefusal, isTransientOfConnection } from "../connection/errors";
import { patiently } from "../connection/patiently";
import { runErrors } from "../errors/workflow-errors";
import type { Phase } from "../rows/step-row";
import type { ErrorCopy } from "../run/error-copy";
import { Interruption } from "../run/journal";
import type { Attempt, Journal, Performed, RunEnd, StepRecord, Together } from "../run/journal";
import type { RunOutcome, StepFailure } from "../run/outcome";
import type { SecretPaths } from "../plan/secret-paths";
import { isEndRefused } from "../store/execution-statements";
import type { ExecutionStore } from "../store/execution-store";
import type { ExecutionWatch } from "../store/execution-watch";
import type { Payloads } from "../store/payloads";
import { isFencedError, notesKey, recordKey } from "../store/step-store";
import type { Checkpoint, LoadedSteps, Notes, PackedNotes, StepStore } from "../store/step-store";

/** What the journal of a run stands on. */
export interface JournalServices {
  /** Where transactional steps run. */
  connection: SqlConnection;
  contextFor(transaction: SqlTransaction): SharedContext;
  steps: StepStore;
  executions: ExecutionStore;
  watch: ExecutionWatch;
  payloads: Payloads;
  logger: Pick<Logger, "warn">;
}

/**
 * Milliseconds for which a row that is gone says that nobody else ended the run: what others end after it was taken from us
 * stays for a minute.
 */
const goneMeansOurs = 45_000;

/** The claim under which this process runs an execution, and what was known when it was made. */
export interface JournalClaim {
  executionId: string;
  workflowId: string;
  transactionId: string;
  /** Which values have secret parts. */
  secrets: SecretPaths | undefined;
  epoch: number;
  /** No step was at work when it was left; nor is any when it is new. */
  wasAtRest: boolean;
  cancelled: boolean;
  /** Seconds since the run began. */
  age: number;
  /** Seconds until the workflow's timeout. */
  deadline: number | undefined;
  loaded: LoadedSteps | undefined;
  /** The records that were waited for when the run came to rest, by their keys. */
  awaited?: readonly string[];
  turned: readonly StepFailure[] | undefined;
  /** Whether anyone may look at the records of its steps once it has ended. */
  isKept: boolean;
  /** Its steps are known not to go together. */
  apart: boolean;
}

/** Records a run in PostgreSQL, under one claim. */
export class PgJournal implements Journal {
  readonly turned: readonly StepFailure[] | undefined;
  /** The run has ended, and its events are in the outbox. */
  hasReleased = false;
  /** Why the run was put aside. */
  parked: string | undefined;
  /** When something has to happen at the latest; milliseconds of the monotonic clock. */
  private wakeAt: number | undefined;
  private readonly deadline: number | undefined;
  private readonly since = performance.now();
  /** The records that are waited for, by their keys. */
  readonly awaited = new Set<string>();
  private readonly records: Map<string, StepRecord>;
  private readonly known: Notes;
  private pending = new Map<string, string>();
  private isCancelled: boolean;
  private canceller: AbortController | undefined;
  private writingNotes: Promise<unknown> | undefined;
  /** The end that is being written, and since when. */
  private ending: { outcome: RunOutcome; since: number } | undefined;

  constructor(
    private readonly services: JournalServices,
    private readonly claim: JournalClaim,
    /** Resolves the caller's promise: from here on the run goes on in the background. */
    private readonly goToBackground: () => void,
  ) {
    this.records = claim.loaded?.records ?? new Map();
    this.known = claim.loaded?.notes ?? new Map();
    this.turned = claim.turned;
    this.isCancelled = claim.cancelled;
    this.deadline = claim.deadline === undefined ? undefined : performance.now() + claim.deadline * 1000;
  }

  warn(message: string): void {
    this.services.logger.warn(message);
  }

  /** Set from outside when the run is cancelled while it goes on here. */
  get cancelled(): boolean {
    return this.isCancelled;
  }

  set cancelled(isCancelled: boolean) {
    this.isCancelled = isCancelled;
    if (isCancelled) this.canceller?.abort(this.cancelError());
  }

  get cancellation(): AbortSignal {
    this.canceller ??= new AbortController();
    if (this.isCancelled) this.canceller.abort(this.cancelError());
    return this.canceller.signal;
  }

  private cancelError(): Error {
    return runErrors.cancelled(this.claim.workflowId, this.claim.transactionId);
  }

  get stop(): "cancelled" | "timed out" | undefined {
    if (this.cancelled) return "cancelled";
    return this.deadline !== undefined && performance.now() >= this.deadline ? "timed out" : undefined;
  }

  get apart(): boolean {
    return this.claim.apart;
  }

  get secondsLeft(): number | undefined {
    return this.deadline === undefined ? undefined : Math.max(0, this.deadline - performance.now()) / 1000;
  }

  get secondsSinceBegin(): number {
    return this.claim.age + (performance.now() - this.since) / 1000;
  }

  get isResumed(): boolean {
    return this.claim.loaded !== undefined;
  }

  get wasLeftAtWork(): boolean {
    return !this.claim.wasAtRest;
  }

  /** Seconds until this run has to be woken; undefined when only an answer wakes it. */
  get wakeIn(): number | undefined {
    return this.wakeAt === undefined ? undefined : Math.max(0, this.wakeAt - performance.now()) / 1000;
  }

  /** The end that was written here without an answer whether it was taken down; true if the row of the run is gone. */
  get unheard(): RunOutcome | undefined {
    return this.ending && performance.now() - this.ending.since < goneMeansOurs ? this.ending.outcome : undefined;
  }

  recall(key: string): { value: unknown; events?: EventMessage[] } | undefined {
    const note = this.known.get(key);
    return note && { value: note.value, ...(note.events && { events: note.events }) };
  }

  note(key: string, value: unknown, events?: EventMessage[], mark?: string): void {
    const { secrets, workflowId } = this.claim;
    const packed = this.services.payloads.pack(value, `The value of "${key}" in workflow "${workflowId}"`, secrets?.values.get(key));
    const parts = [
      packed !== null && `"value":${packed}`,
      events?.length && `"events":${JSON.stringify(events)}`,
      mark && `"mark":"${mark}"`,
    ];
    this.pending.set(key, `{${parts.filter(Boolean).join()}}`);
  }

  recorded(key: string, phase: Phase): StepRecord | undefined {
    return this.records.get(recordKey(key, phase));
  }

  isNews(key: string, phase: Phase): boolean {
    return this.claim.awaited?.includes(recordKey(key, phase)) ?? false;
  }

  async perform(attempt: Attempt, run: (shared: SharedContext | undefined) => Promise<StepRecord>): Promise<StepRecord> {
    if (attempt.transactional) return this.performInTransaction(attempt, run);
    // Once it has an effect, whoever makes the step again must come to it in the same way, and with the same input.
    await this.writeNotes();
    const record = await run(undefined);
    return this.write(attempt, record);
  }

  /** Makes durable by itself what was computed since the last record. */
  private async writeNotes(): Promise<void> {
    if (this.pending.size) {
      const { attempt, record } = notesOnly();
      this.writingNotes = this.write(attempt, record);
    }
    // Steps of one parallel group come here together, and need the same notes.
    await this.writingNotes;
  }

  /** The step's effects and its record commit together, or not at all; so a transient fault is simply tried again. */
  private async performInTransaction(
    attempt: Attempt,
    run: (shared: SharedContext | undefined) => Promise<StepRecord>,
  ): Promise<StepRecord> {
    let record: StepRecord | undefined;
    await this.inTransaction(async (shared) => ({ performed: [{ attempt, record: (record = await run(shared)) }] }));
    return record as StepRecord;
  }

  async performTogether(run: (shared: SharedContext) => Promise<Together>): Promise<void> {
    const before = new Map(this.pending);
    try {
      await this.inTransaction(run, { allOrNothing: true });
    } catch (error) {
      this.pending = before;
      throw error;
    }
  }

  private async inTransaction(run: (shared: SharedContext) => Promise<Together>, options?: TransactionOptions): Promise<void> {
    const { connection, contextFor } = this.services;
    await patiently(async () => {
      let notes: PackedNotes | undefined;
      let written: Promise<void> | undefined;
      try {
        await connection.transaction(async (transaction) => {
          const together = await run(contextFor(transaction));
          notes = this.takeNotes();
          // Not awaited, so that the commit is sent along: if the records may not be written, both fail.
          written = this.writeIn(transaction, together, notes);
          written.catch(() => undefined);
        }, options);
        await written;
      } catch (error) {
        this.giveBack(notes);
        const failure = written ? await this.commitFailure(error, written) : error;
        if (!isInDoubt(failure)) this.ending = undefined;
        throw failure;
      }
    }, isTransientOfConnection);
  }

  /**
   * Writes the records of steps, and the end of the run when it comes with them; of a run that is not kept the latter only.
   * Throws at once, before anything is sent, when something cannot be written as it is.
   */
  private writeIn(transaction: SqlTransaction, { performed, end }: Together, notes: PackedNotes | undefined): Promise<void> {
    const { steps, executions } = this.services;
    const { executionId, epoch, isKept } = this.claim;
    const records = end && !isKept ? [] : performed.length || !notes ? performed : [notesOnly()];
    const checkpoints = records.map(({ attempt, record }, i) => this.pack(attempt, record, i === 0 ? notes : undefined));
    const outcome = end && this.packEnd(end.outcome);
    const events = end ? releasedBy(end) : [];
    const writes: Promise<unknown>[] = [];
    if (checkpoints.length) writes.push(steps.checkpointIn(transaction, checkpoints).then((cancelled) => (this.cancelled ||= cancelled)));
    if (end && outcome) {
      this.ending = { outcome: end.outcome, since: performance.now() };
      this.hasReleased = events.length > 0;
      writes.push(executions.finishIn(transaction, executionId, epoch, outcome, events));
    }
    return firstFailureOf(writes);
  }

  /** What it means that transactional steps were done, and their commit failed. */
  private async commitFailure(error: unknown, written: Promise<void>): Promise<unknown> {
    const refusal = await written.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    if (isFencedError(refusal)) return new Interruption("fenced");
    // The run is not ours, or was cancelled just now.
    if (isEndRefused(refusal)) return new Interruption("lost");
    // A commit that is refused because of the record says less than the record's own failure.
    const failure = refusal !== undefined && isRefusal(refusal) && !isAborted(refusal) ? refusal : error;
    // The connection broke while committing: only the database knows how that ended.
    return isRefusal(failure) ? failure : new Interruption("lost", failure);
  }

  fail(attempt: Attempt, record: StepRecord): Promise<StepRecord> {
    return this.write(attempt, record);
  }

  async retryLater(attempt: Attempt, error: ErrorCopy, seconds: number | undefined): Promise<void> {
    await this.write(attempt, { status: "retrying", attempts: attempt.number, error }, seconds);
    this.pause(seconds);
  }

  pause(seconds: number | undefined): never {
    // Who joined the run here does not wait for it any longer than its caller.
    this.goToBackground();
    if (seconds !== undefined) this.wakeWithin(seconds);
    throw new Interruption("waiting");
  }

  wakeWithin(seconds: number): void {
    const at = performance.now() + seconds * 1000;
    this.wakeAt = this.wakeAt === undefined ? at : Math.min(this.wakeAt, at);
  }

  async begin(attempt: Attempt, timeout: number | undefined): Promise<void> {
    await this.write(attempt, { status: "starting", attempts: attempt.number }, timeout);
    this.goToBackground();
  }

  async waitForAnswer(attempt: Attempt, again?: number): Promise<StepRecord> {
    // The answer may have come while the step's function still ran.
    const record = await this.readAgain(attempt.key, attempt.phase);
    if (record.status === "done" || record.status === "failed") return record;
    if (again !== undefined) this.wakeWithin(again - (record.age ?? 0));
    this.awaited.add(recordKey(attempt.key, attempt.phase));
    this.pause(record.dueIn);
  }

  async readAgain(key: string, phase: Phase): Promise<StepRecord> {
    const { executionId, epoch } = this.claim;
    const record = await this.retry(() => this.services.steps.read(executionId, epoch, key, phase));
    if (!record) throw new Interruption("fenced");
    return record;
  }

  async turn(failures: readonly StepFailure[]): Promise<void> {
    const { executionId, epoch } = this.claim;
    await this.writeNotes();
    if (!(await this.retry(() => this.services.executions.turnRound(executionId, epoch, failures)))) throw new Interruption("fenced");
  }

  async finish(outcome: RunOutcome, events: EventMessage[]): Promise<void> {
    const { executionId, epoch } = this.claim;
    const { executions } = this.services;
    const released = releasedBy({ outcome, events });
    const packed = this.packEnd(outcome);
    this.ending = { outcome, since: performance.now() };
    const ended = await this.retry(() => executions.finish(executionId, epoch, packed, released));
    this.hasReleased = released.length > 0;
    // It may have been written before, and only the answer got lost on the way.
    if (ended || (await this.hasEnded())) return;
    // The run is not ours, or was cancelled just now.
    this.ending = undefined;
    throw new Interruption("lost");
  }

  /** Whether the end that is on record is the one that was written here. */
  private async hasEnded(): Promise<boolean> {
    const { executionId, epoch } = this.claim;
    return (await this.retry(() => this.services.watch.endedUnder(executionId, epoch))) ?? this.unheard !== undefined;
  }

  // Writing

  private async write(attempt: Attempt, record: StepRecord, timeout?: number): Promise<StepRecord> {
    const notes = this.takeNotes();
    const checkpoint = this.packOrGiveBack(attempt, record, notes, timeout);
    const written = await this.retry(() => this.services.steps.checkpoint(checkpoint));
    if (written.state === "written") {
      this.cancelled ||= written.cancelled;
      return record;
    }
    this.giveBack(notes);
    // Settled by an answer from outside or by our own write before a connection broke, or not ours any more.
    return this.readAgain(attempt.key, attempt.phase);
  }

  /** A result is made of what was within the bounds, and at the end it is too late to refuse it. */
  private packEnd({ state, errors, result }: RunOutcome) {
    const { secrets, workflowId } = this.claim;
    const packed = this.services.payloads.pack(result, `The result of workflow "${workflowId}"`, secrets?.result, Infinity);
    return { state, errors, result: packed };
  }

  private packOrGiveBack(attempt: Attempt, record: StepRecord, notes: PackedNotes | undefined, timeout?: number): Checkpoint {
    try {
      return this.pack(attempt, record, notes, timeout);
    } catch (error) {
      this.giveBack(notes);
      throw error;
    }
  }

  private pack(attempt: Attempt, record: StepRecord, notes: PackedNotes | undefined, timeout?: number): Checkpoint {
    const { executionId, epoch, workflowId, secrets } = this.claim;
    const { payloads } = this.services;
    const { key } = attempt;
    const step = `step "${key}" of workflow "${workflowId}"`;
    const paths = secrets?.values.get(key);
    const output = payloads.pack(record.output, `The output of ${step}`, paths);
    const isOutput = record.compensateInput === record.output && !secrets?.steps.has(key);
    const compensateInput = isOutput
      ? output
      : payloads.pack(record.compensateInput, `What ${step} keeps for its compensation`, secrets?.steps.has(key) ? [[]] : paths);
    return { executionId, epoch, attempt, record, output, compensateInput, notes, timeout };
  }

  private takeNotes(): PackedNotes | undefined {
    const notes = this.pending;
    if (!notes.size) return undefined;
    this.pending = new Map();
    return notes;
  }

  private giveBack(notes: PackedNotes | undefined): void {
    if (notes) this.pending = new Map([...notes, ...this.pending]);
  }

  private async retry<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await patiently(write);
    } catch (error) {
      throw new Interruption("lost", error);
    }
  }
}

/** A record for values that were noted where no step's is to be written. */
const notesOnly = (): Performed => ({
  attempt: { key: notesKey, phase: "invoke", number: 0, transactional: false, idempotencyKey: "", startedAt: Date.now() },
  record: { status: "starting", attempts: 0 },
});

/** The events that follow from the end of a run. */
export const releasedBy = ({ outcome, events }: RunEnd): EventMessage[] => (outcome.state === "done" ? events : []);

/** Whether it is open how a commit ended. */
const isInDoubt = (failure: unknown): boolean => failure instanceof Interruption && failure.cause !== undefined;

/** Waits for all; of several that fail, the first is the one that says why. */
async function firstFailureOf(writes: readonly Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(writes)) if (one.status === "rejected") throw one.reason;
}
