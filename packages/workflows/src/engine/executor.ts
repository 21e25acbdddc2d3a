import { performance } from "node:perf_hooks";
import { generateId } from "@velella/kernel";
import type { Container, Logger } from "@velella/kernel";
import { isRefusalOfData } from "../connection/errors";
import { patiently } from "../connection/patiently";
import { copyNamed, inputOf } from "../plan/not-json";
import { secretPaths } from "../plan/secret-paths";
import type { WorkflowPlan } from "../plan/plan";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { outerHold } from "../run/event-hold";
import type { EventHold } from "../run/event-hold";
import { failureLines } from "../run/failure-lines";
import { Interruption } from "../run/journal";
import { isFinal } from "../run/outcome";
import type { RunOutcome } from "../run/outcome";
import { Run } from "../run/run";
import { recordedContext } from "../run/run-context";
import type { ObservedRun, RunEventHandlers } from "../run/run-events";
import type { RunObserver } from "../run/run-observer";
import type { RunIdentity } from "../run/step-context";
import { isNamed } from "../run/workflow-runner";
import type { RunOptions } from "../run/workflow-runner";
import { storeErrors } from "../store/errors";
import type { ClaimedExecution, ExecutionStore, NewExecution } from "../store/execution-store";
import { misfitEndings } from "../store/misfits";
import type { LoadedSteps, StepStore } from "../store/step-store";
import { openWorkflowSpan } from "../tracing/spans";
import type { WorkflowSpan } from "../tracing/spans";
import { outcomeOf } from "./endings";
import type { Endings, RunNames } from "./endings";
import { engineErrors } from "../errors/engine-errors";
import { HoldingJournal } from "./holding-journal";
import { PgJournal } from "./pg-journal";
import type { JournalClaim, JournalServices } from "./pg-journal";
import { fitToPlan, planVersion } from "./plan-version";
import type { Relay } from "./relay/relay";

/** Seconds after which a run is taken up again that could not go on here for a fault of the database. */
const whenLost = 0.5;

/** Where the context of a run keeps the span in which it began. */
const traceKey = "$trace";

/** A claim, and the span of what is done under it. */
interface TracedClaim extends JournalClaim {
  span: WorkflowSpan | undefined;
  /** What its caller wants to be told of. */
  handlers?: RunEventHandlers | undefined;
}

/** A journalled run in this process. */
interface ActiveRun {
  id: string;
  /** Since when; milliseconds of the monotonic clock. */
  since: number;
  identity: RunIdentity;
  run: Run;
  journal: PgJournal;
  /** Undefined when the run is interrupted here: waiting, or taken over by someone else. */
  ended: Promise<RunOutcome | undefined>;
  /** Resolves when callers need not wait any longer, because a step waits. */
  background: Promise<void>;
}

/** What an {@link Executor} works with. */
export interface ExecutorOptions {
  journal: JournalServices;
  endings: Endings;
  registry: WorkflowRegistry;
  container: Container;
  logger: Logger;
  /** Called when events were released. */
  onEvents(): void;
  /** Called when a run has to be woken in so many seconds. */
  wakeIn(seconds: number): void;
  /** Tells subscribers what happens in a run that is at work here from now on. */
  observerOf(run: ObservedRun, handlers?: RunEventHandlers): RunObserver | undefined;
  /** Keeps who is told of a run over its rests, and says when notifications of other instances have come, or gone to them. */
  relay: Pick<Relay, "keep" | "settled" | "caughtUp">;
}

/** A run that is at work here. */
export type RunningRun = RunNames & Pick<ActiveRun, "since">;

/** What callers of a run that goes on without them get. */
const goesOn = (): RunOutcome => ({ state: "invoking", result: undefined, errors: [] });

/** What a caller gets. */
interface Answered {
  outcome: RunOutcome;
  runId: string;
}

/**
 * Seconds that an idempotent run is kept where its workflow does not say: a second call is to find what the first one did,
 * as long as a client may be trying again.
 */
const idempotentRetention = 24 * 3600;

/** Runs journalled workflows in this process: new ones, and those that it takes up. */
export class Executor {
  private readonly active = new Map<string, ActiveRun>();
  /** What those who answered a step want the run to go on in. */
  private readonly containers = new Map<string, Container>();
  /** Runs whose row is being written. */
  private readonly starting = new Set<string>();
  private readonly executions: ExecutionStore;
  private readonly steps: StepStore;

  constructor(private readonly options: ExecutorOptions) {
    this.executions = options.journal.executions;
    this.steps = options.journal.steps;
  }

  /** How many runs have been at work here only since some moment of the monotonic clock. */
  countSince(moment: number): number {
    return [...this.active.values()].filter(({ since }) => since >= moment).length;
  }

  /** The runs that are at work here. */
  ids(): string[] {
    return [...this.starting, ...[...this.active.values()].map(({ id }) => id)];
  }

  /** The runs that are at work here, and since when; milliseconds of the monotonic clock. */
  running(): RunningRun[] {
    return [...this.active.values()].map(({ since, identity: { workflowId, transactionId } }) => ({ since, workflowId, transactionId }));
  }

  /**
   * Starts a run, or joins the one that has this transaction id already; returns when it ends or goes to the background.
   *
   * @param apart Its steps are known not to go together.
   */
  async run(plan: WorkflowPlan, identity: RunIdentity, options: RunOptions, apart = false): Promise<Answered> {
    const local = this.find(plan.id, identity.transactionId);
    if (local) return this.join(local, options.resultFrom);
    const id = generateId("wf_exec");
    const input = copyNamed(options.input, () => inputOf(plan));
    const secrets = secretPaths(plan);
    const { payloads } = this.options.journal;
    if (secrets && !payloads.canSeal) throw storeErrors.noKey();
    const { store, retentionTime, idempotent } = plan.options;
    const timeout = plan.options.timeout || undefined;
    const packedInput = payloads.pack(input, inputOf(plan), secrets?.input);
    const span = openWorkflowSpan(identity);
    const execution: NewExecution = {
      id,
      workflowId: plan.id,
      transactionId: identity.transactionId,
      runId: identity.runId,
      planHash: planVersion(plan),
      input: packedInput,
      context: { ...recordedContext(identity.context), eventGroupId: identity.eventGroupId, ...(span && { [traceKey]: span.traceparent }) },
      deadline: timeout,
      idempotent: idempotent === true,
      store: store === true,
      retentionSeconds: retentionTime ?? (idempotent && !store ? idempotentRetention : undefined),
    };
    this.starting.add(id);
    let started = false;
    try {
      started = await patiently(async () => (await this.executions.start(execution)) || (await this.executions.isThere(id)));
    } finally {
      this.starting.delete(id);
      if (!started) span?.end();
    }
    if (!started) return this.joinElsewhere(plan, identity, options);
    const observe = this.options.observerOf({ plan, identity }, options.events);
    const claim: TracedClaim = {
      span,
      handlers: options.events,
      executionId: id,
      workflowId: plan.id,
      transactionId: identity.transactionId,
      secrets,
      epoch: 1,
      wasAtRest: true,
      cancelled: false,
      age: 0,
      deadline: timeout,
      loaded: undefined,
      turned: undefined,
      isKept: execution.store || execution.retentionSeconds !== undefined || isNamed(options),
      apart,
    };
    // One that is found again when the outer step is done again would have no events left then.
    const hold = idempotent ? undefined : outerHold(identity.eventGroupId);
    return this.join(this.start(plan, identity, input, claim, observe, hold), options.resultFrom);
  }

  /** Goes on with runs that were claimed. Gives the ids of those that are parked, because they do not fit. */
  async resume(claimed: readonly ClaimedExecution[]): Promise<string[]> {
    const parked: string[] = [];
    if (!claimed.length) return parked;
    const loaded = await this.steps.load(claimed.map(({ id }) => id));
    await this.options.relay.caughtUp();
    for (const execution of claimed) {
      const plan = this.options.registry.get(execution.workflowId);
      if (!plan) continue;
      const { steps, input, reason } = this.decode(plan, execution, loaded.get(execution.id));
      if (reason !== undefined) {
        this.options.logger.error(`Workflow "${plan.id}", transaction "${execution.transactionId}", is parked: ${reason}`);
        const ending = execution.planHash === planVersion(plan) ? misfitEndings.sameVersion : misfitEndings.otherVersion;
        await this.executions.park(execution.id, execution.epoch, `${reason} ${ending}`, true);
        parked.push(execution.id);
        continue;
      }
      const { eventGroupId, [traceKey]: trace, ...context } = execution.context;
      const identity: RunIdentity = {
        workflowId: plan.id,
        transactionId: execution.transactionId,
        runId: execution.runId,
        eventGroupId: typeof eventGroupId === "string" ? eventGroupId : execution.transactionId,
        container: this.containers.get(liveKey(plan.id, execution.transactionId)) ?? this.options.container.createScope(),
        context,
      };
      this.containers.delete(liveKey(plan.id, execution.transactionId));
      const observe = this.options.observerOf({ plan, identity });
      const turned = execution.state === "compensating" ? execution.errors : undefined;
      const { id: executionId, transactionId, epoch, wasAtRest, awaited, cancelled, age, deadline } = execution;
      const span = openWorkflowSpan(identity, typeof trace === "string" ? trace : undefined);
      const secrets = secretPaths(plan);
      const claim: TracedClaim = {
        span,
        executionId,
        workflowId: plan.id,
        transactionId,
        secrets,
        epoch,
        wasAtRest,
        awaited,
        cancelled,
        age,
        deadline,
        loaded: steps,
        turned,
        // Who started it may ask for what a step returned.
        isKept: true,
        apart: false,
      };
      this.start(plan, identity, input, claim, observe);
    }
    return parked;
  }

  /** What is on record of a run, or the reason why it cannot go on here. */
  private decode(plan: WorkflowPlan, execution: ClaimedExecution, load: (() => LoadedSteps) | undefined) {
    try {
      const loaded = load?.();
      const input = this.options.journal.payloads.unpack(execution.input);
      const { steps, reason } = loaded ? fitToPlan(plan, execution.planHash, loaded, this.options.registry) : {};
      return { steps, input, reason };
    } catch (error) {
      return { steps: undefined, input: undefined, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /**
   * Has the steps that are done next of a run get a container, if it is still at work here, or this process takes it up within
   * a minute.
   *
   * @returns what takes that back
   */
  useContainer(workflowId: string, transactionId: string, container: Container): () => void {
    const key = liveKey(workflowId, transactionId);
    const identity = this.active.get(key)?.identity;
    const former = identity?.container;
    if (identity) identity.container = container;
    const takeBack = () => {
      if (this.containers.get(key) === container) this.containers.delete(key);
      if (identity && former) identity.container = former;
    };
    this.containers.set(key, container);
    setTimeout(() => this.containers.get(key) === container && this.containers.delete(key), 60_000).unref();
    return takeBack;
  }

  /** Tells a run that it is cancelled. False: it does not go on here. */
  cancel(id: string): boolean {
    const run = [...this.active.values()].find((active) => active.id === id);
    if (run) run.journal.cancelled = true;
    return run !== undefined;
  }

  /** Resolves when the runs that are under way here have ended or wait. */
  async idle(): Promise<void> {
    while (this.active.size) await Promise.all([...this.active.values()].map(({ ended }) => ended));
  }

  private start(
    plan: WorkflowPlan,
    identity: RunIdentity,
    input: unknown,
    claim: TracedClaim,
    observe: RunObserver | undefined,
    hold?: EventHold,
  ): ActiveRun {
    // Nobody waits for a run that was taken up, and no longer for one that goes to the background.
    let isAwaited = claim.loaded === undefined;
    let leave: () => void = () => undefined;
    const background = new Promise<void>((resolve) => (leave = resolve));
    const goToBackground = () => {
      isAwaited = false;
      leave();
    };
    const journal = hold
      ? new HoldingJournal(hold, this.options.journal, claim, goToBackground)
      : new PgJournal(this.options.journal, claim, goToBackground);
    const run = new Run(plan, input, identity, this.options.registry, journal, observe);
    const key = liveKey(plan.id, identity.transactionId);
    const ended = this.execute(run, journal, claim, identity).finally(() => {
      if (this.active.get(key) === active) this.active.delete(key);
    });
    void ended.then((outcome) => !isAwaited && outcome && this.logFailure(identity, journal, outcome));
    const active: ActiveRun = { id: claim.executionId, since: performance.now(), identity, run, journal, ended, background };
    this.active.set(key, active);
    return active;
  }

  private async execute(run: Run, journal: PgJournal, claim: TracedClaim, identity: RunIdentity): Promise<RunOutcome | undefined> {
    try {
      const { span } = claim;
      const outcome = await (span ? span.around(() => run.execute()) : run.execute());
      if (journal.hasReleased) this.options.onEvents();
      return outcome;
    } catch (error) {
      await this.interrupted(error, journal, claim, identity);
      return undefined;
    }
  }

  /** Whoever started the run does not hear that it failed; that it was cancelled is no news. */
  private logFailure(identity: RunIdentity, { cancelled }: PgJournal, { state, errors }: RunOutcome): void {
    if (state !== "failed" && (state !== "reverted" || cancelled)) return;
    for (const line of failureLines(identity, errors)) this.options.logger.error(line);
  }

  /** Gives the run back: until its time when it waits, else for whoever is next. Does nothing when it is not ours any more. */
  private async interrupted(
    error: unknown,
    journal: PgJournal,
    { executionId: id, epoch, handlers }: TracedClaim,
    { workflowId, transactionId, runId }: RunIdentity,
  ): Promise<void> {
    const { logger, wakeIn, relay } = this.options;
    const waits = error instanceof Interruption && error.kind === "waiting";
    const cause = error instanceof Interruption ? error.cause : error;
    if (cause !== undefined) logger.error(`Workflow "${workflowId}", transaction "${transactionId}", was interrupted`, cause);
    const seconds = waits ? journal.wakeIn : cause === undefined ? 0 : whenLost;
    // What whoever goes on with it tells of it comes after what was told here.
    await relay.settled();
    if (handlers) await relay.keep({ executionId: id, runId, workflowId, transactionId }, handlers);
    try {
      if (isRefusalOfData(cause)) {
        journal.parked = `The database refuses what is to be put on record of it: ${String((cause as Error).message)}`;
        await patiently(() => this.executions.park(id, epoch, String(journal.parked), false));
        return;
      }
      // Who does not wait for an answer or a later time waits here for how it ends elsewhere.
      await patiently(() => this.executions.suspend(id, epoch, seconds, waits ? [...journal.awaited] : undefined));
    } catch (failure) {
      // The database is away for long. The row still names us, and is found as a stray when it is back.
      logger.error(`Workflow "${workflowId}", transaction "${transactionId}", could not be given back`, failure);
    }
    wakeIn(seconds ?? 0);
  }

  private find(workflowId: string, transactionId: string): ActiveRun | undefined {
    return this.active.get(liveKey(workflowId, transactionId));
  }

  private async join({ id, identity, run, journal, ended, background }: ActiveRun, resultFrom: string | undefined): Promise<Answered> {
    const { runId } = identity;
    const { endings } = this.options;
    const withOutput = (outcome: RunOutcome): Answered => {
      const isWanted = resultFrom !== undefined && outcome.state === "done";
      return { outcome: isWanted ? { ...outcome, result: run.outputOf(resultFrom) } : outcome, runId };
    };
    const here = await Promise.race([ended, background.then(goesOn)]);
    if (here) return withOutput(here);
    if (journal.parked) throw engineErrors.parked(identity.workflowId, identity.transactionId, journal.parked);
    const elsewhere = await endings.of(id);
    if (elsewhere) return { outcome: await endings.withResultFrom(elsewhere, resultFrom, id, identity), runId };
    // Had anyone else ended it, its row would have been kept for us: the end was written from here, and only the answer got lost.
    if (journal.unheard) return withOutput(journal.unheard);
    throw engineErrors.resultNotKept(identity.workflowId, identity.transactionId);
  }

  /** Someone else was first with this transaction id. */
  private async joinElsewhere(plan: WorkflowPlan, identity: RunIdentity, options: RunOptions): Promise<Answered> {
    const names = { workflowId: plan.id, transactionId: identity.transactionId };
    const local = this.find(names.workflowId, names.transactionId);
    if (local) return this.join(local, options.resultFrom);
    const { endings } = this.options;
    const found = await endings.find(names);
    // It has ended in this moment, and is not kept: then this is a run of its own.
    if (!found) return this.run(plan, identity, options);
    const outcome = isFinal(found.state) ? outcomeOf(found) : await this.outcomeElsewhere(found.id, names);
    return { outcome: await endings.withResultFrom(outcome, options.resultFrom, found.id, names), runId: found.runId };
  }

  /** Waits for the end of a run wherever it goes on. */
  async waitForEnd(id: string, names: RunNames): Promise<RunOutcome> {
    for (const run of this.active.values()) {
      const outcome = run.id === id ? await run.ended : undefined;
      if (outcome) return outcome;
    }
    const outcome = await this.outcomeElsewhere(id, names);
    // Taken up here meanwhile, and the database knew of its end a moment before this process: who watches it is told first.
    const ending = [...this.active.values()].find((run) => run.id === id && run.journal.unheard);
    return (await ending?.ended) ?? outcome;
  }

  private async outcomeElsewhere(id: string, { workflowId, transactionId }: RunNames): Promise<RunOutcome> {
    const outcome = await this.options.endings.of(id);
    if (!outcome) throw engineErrors.resultNotKept(workflowId, transactionId);
    return outcome;
  }
}

const liveKey = (workflowId: string, transactionId: string) => `${workflowId}\u0000${transactionId}`;
