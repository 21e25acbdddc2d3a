import { setTimeout as sleep } from "node:timers/promises";
import { ambient, generateId } from "@velella/kernel";
import type { Container, EventMessage, Logger } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import { jsonCopy } from "../plan/json-copy";
import { secretPaths } from "../plan/secret-paths";
import type { WorkflowPlan } from "../plan/plan";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { Interruption } from "../run/journal";
import { isFinal } from "../run/outcome";
import type { RunOutcome } from "../run/outcome";
import { Run } from "../run/run";
import type { RunObserver } from "../run/run-observer";
import type { RunIdentity } from "../run/step-context";
import type { RunOptions } from "../run/workflow-runner";
import { storeErrors } from "../store/errors";
import type { ClaimedExecution, ExecutionStatus, ExecutionStore, NewExecution } from "../store/execution-store";
import type { LoadedSteps, StepStore } from "../store/step-store";
import { workflowSpan } from "../tracing/spans";
import { PgJournal } from "./pg-journal";
import type { JournalClaim, JournalServices } from "./pg-journal";
import { incompatibility, planVersion } from "./plan-version";

/** A journalled run in this process. */
interface ActiveRun {
  id: string;
  identity: RunIdentity;
  journal: PgJournal;
  /** Undefined when the run is interrupted here: waiting, or taken over by someone else. */
  ended: Promise<RunOutcome | undefined>;
  /** Resolves when callers need not wait any longer, because a step waits. */
  background: Promise<void>;
}

export interface ExecutorOptions {
  journal: JournalServices;
  registry: WorkflowRegistry;
  container: Container;
  logger: Logger;
  /** Called when events were released. */
  onEvents(): void;
  /** Called when a run has to be woken in so many seconds. */
  wakeIn(seconds: number): void;
  /** Tells subscribers what happens in a run. */
  observerOf(workflowId: string, transactionId: string, options: RunOptions): RunObserver | undefined;
}

/** What callers of a run that goes on without them get. */
const goesOn = (): RunOutcome => ({ state: "invoking", result: undefined, errors: [] });

/** Runs journalled workflows in this process: new ones, and those that it takes up. */
export class Executor {
  private readonly active = new Map<string, ActiveRun>();
  /** Runs whose row is being written. */
  private readonly starting = new Set<string>();
  private readonly executions: ExecutionStore;
  private readonly steps: StepStore;

  constructor(private readonly options: ExecutorOptions) {
    this.executions = options.journal.executions;
    this.steps = options.journal.steps;
  }

  get activeCount(): number {
    return this.active.size;
  }

  /** The runs that are at work here. */
  ids(): string[] {
    return [...this.starting, ...[...this.active.values()].map(({ id }) => id)];
  }

  /** Starts a run, or joins the one that has this transaction id already; returns when it ends or goes to the background. */
  async run(plan: WorkflowPlan, identity: RunIdentity, options: RunOptions): Promise<{ outcome: RunOutcome; runId: string }> {
    const local = this.find(plan.id, identity.transactionId);
    if (local) return this.join(local);
    const id = generateId("wf_exec");
    const input = jsonCopy(options.input);
    const secrets = secretPaths(plan);
    const { payloads } = this.options.journal;
    if (secrets && !payloads.canSeal) throw storeErrors.noKey();
    const { timeout, store, retentionTime, idempotent } = plan.options;
    const execution: NewExecution = {
      id,
      workflowId: plan.id,
      transactionId: identity.transactionId,
      runId: identity.runId,
      planHash: planVersion(plan),
      input: payloads.pack(input, `The input of workflow "${plan.id}"`, secrets?.input),
      context: { ...identity.context, eventGroupId: identity.eventGroupId },
      deadline: timeout,
      idempotent: idempotent === true,
      store: store === true,
      retentionSeconds: retentionTime,
    };
    this.starting.add(id);
    const started = await patiently(
      async () => (await this.executions.start(execution)) || (await this.executions.findById(id)) !== undefined,
    ).finally(() => this.starting.delete(id));
    if (!started) return this.joinElsewhere(plan.id, identity.transactionId, options, plan, identity);
    const observe = this.options.observerOf(plan.id, identity.transactionId, options);
    observe?.({ eventType: "onBegin" });
    const claim: JournalClaim = {
      executionId: id,
      workflowId: plan.id,
      secrets,
      epoch: 1,
      cancelled: false,
      deadline: timeout,
      loaded: undefined,
      turned: undefined,
    };
    // A run within a step that was given the step's context belongs to that step's events.
    const outer = ambient();
    const hold = outer.eventGroupId === identity.eventGroupId ? outer.holdEvents : undefined;
    const run = this.start(plan, identity, input, claim, observe, hold, options.resultFrom);
    return this.join(run);
  }

  /** Goes on with runs that were claimed. */
  async resume(claimed: readonly ClaimedExecution[]): Promise<void> {
    if (!claimed.length) return;
    const loaded = await this.steps.load(claimed.map(({ id }) => id));
    for (const execution of claimed) {
      const plan = this.options.registry.get(execution.workflowId);
      if (!plan) continue;
      const { steps, input, reason } = this.decode(plan, execution, loaded.get(execution.id));
      if (reason !== undefined) {
        this.options.logger.error(`Workflow "${plan.id}", transaction "${execution.transactionId}", is parked: ${reason}`);
        await this.executions.park(execution.id, execution.epoch, reason);
        continue;
      }
      const { eventGroupId, ...context } = execution.context;
      const identity: RunIdentity = {
        workflowId: plan.id,
        transactionId: execution.transactionId,
        runId: execution.runId,
        eventGroupId: typeof eventGroupId === "string" ? eventGroupId : execution.transactionId,
        container: this.options.container.createScope(),
        context,
      };
      const observe = this.options.observerOf(plan.id, execution.transactionId, {});
      observe?.({ eventType: "onResume" });
      const turned = execution.state === "compensating" ? execution.errors : undefined;
      const { id: executionId, epoch, cancelled, deadline } = execution;
      const claim = { executionId, workflowId: plan.id, secrets: secretPaths(plan), epoch, cancelled, deadline, loaded: steps, turned };
      this.start(plan, identity, input, claim, observe);
    }
  }

  /** What is on record of a run, or the reason why it cannot go on here. */
  private decode(plan: WorkflowPlan, execution: ClaimedExecution, load: (() => LoadedSteps) | undefined) {
    try {
      const steps = load?.();
      const input = this.options.journal.payloads.unpack(execution.input);
      return { steps, input, reason: steps && incompatibility(plan, execution.planHash, steps) };
    } catch (error) {
      return { steps: undefined, input: undefined, reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Tells a run that goes on here that it is cancelled. */
  cancel(id: string): void {
    for (const run of this.active.values()) if (run.id === id) run.journal.cancelled = true;
  }

  /** Resolves when the runs that are under way here have ended or wait. */
  async idle(): Promise<void> {
    while (this.active.size) await Promise.all([...this.active.values()].map(({ ended }) => ended));
  }

  private start(
    plan: WorkflowPlan,
    identity: RunIdentity,
    input: unknown,
    claim: JournalClaim,
    observe: RunObserver | undefined,
    hold?: (events: EventMessage[]) => void,
    resultFrom?: string,
  ): ActiveRun {
    let goToBackground: () => void = () => undefined;
    const background = new Promise<void>((resolve) => (goToBackground = resolve));
    const journal = hold
      ? new HoldingJournal(hold, this.options.journal, claim, goToBackground)
      : new PgJournal(this.options.journal, claim, goToBackground);
    const run = new Run(plan, input, identity, this.options.registry, journal, observe);
    const key = liveKey(plan.id, identity.transactionId);
    const ended = this.execute(run, journal, claim, identity, observe, resultFrom).finally(() => {
      if (this.active.get(key) === active) this.active.delete(key);
    });
    const active: ActiveRun = { id: claim.executionId, identity, journal, ended, background };
    this.active.set(key, active);
    return active;
  }

  private async execute(
    run: Run,
    journal: PgJournal,
    { executionId, epoch }: JournalClaim,
    identity: RunIdentity,
    observe: RunObserver | undefined,
    resultFrom: string | undefined,
  ): Promise<RunOutcome | undefined> {
    try {
      const outcome = await workflowSpan(identity, () => run.execute());
      observe?.({ eventType: "onFinish", result: outcome.result, errors: outcome.errors });
      if (journal.hasReleased) this.options.onEvents();
      return resultFrom && outcome.state === "done" ? { ...outcome, result: run.outputOf(resultFrom) } : outcome;
    } catch (error) {
      await this.interrupted(error, journal, executionId, epoch, identity);
      return undefined;
    }
  }

  /** Gives the run back: until its time when it waits, else for whoever is next. Does nothing when it is not ours any more. */
  private async interrupted(
    error: unknown,
    journal: PgJournal,
    id: string,
    epoch: number,
    { workflowId, transactionId }: RunIdentity,
  ): Promise<void> {
    const { logger, wakeIn } = this.options;
    const waits = error instanceof Interruption && error.kind === "waiting";
    const cause = error instanceof Interruption ? error.cause : error;
    if (cause !== undefined) logger.error(`Workflow "${workflowId}", transaction "${transactionId}", was interrupted`, cause);
    const seconds = waits ? journal.wakeIn : 0;
    try {
      await patiently(() => this.executions.suspend(id, epoch, seconds));
    } catch (failure) {
      // The database is away for long. The row still names us, and is found as a stray when it is back.
      logger.error(`Workflow "${workflowId}", transaction "${transactionId}", could not be given back`, failure);
    }
    wakeIn(seconds ?? 0);
  }

  private find(workflowId: string, transactionId: string): ActiveRun | undefined {
    return this.active.get(liveKey(workflowId, transactionId));
  }

  private async join(run: ActiveRun): Promise<{ outcome: RunOutcome; runId: string }> {
    const { runId } = run.identity;
    const outcome = await Promise.race([run.ended, run.background.then(goesOn)]);
    return { outcome: outcome ?? (await this.waitElsewhere(run.id)), runId };
  }

  /** Someone else was first with this transaction id. */
  private async joinElsewhere(
    workflowId: string,
    transactionId: string,
    options: RunOptions,
    plan: WorkflowPlan,
    identity: RunIdentity,
  ): Promise<{ outcome: RunOutcome; runId: string }> {
    const local = this.find(workflowId, transactionId);
    if (local) return this.join(local);
    const found = await patiently(() => this.executions.find(workflowId, transactionId));
    // It has ended in this moment, and is not kept: then this is a run of its own.
    if (!found) return this.run(plan, identity, options);
    const outcome = isFinal(found.state) ? outcomeOf(found) : await this.waitElsewhere(found.id);
    return { outcome, runId: found.runId };
  }

  private async waitElsewhere(id: string): Promise<RunOutcome> {
    await patiently(() => this.executions.watch(id));
    for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
      const status = await patiently(() => this.executions.findById(id));
      if (!status) return { state: "done", result: undefined, errors: [] };
      if (isFinal(status.state)) return outcomeOf(status);
      if (status.asleep || status.parked) return goesOn();
      await sleep(pause);
    }
  }

  /** Waits for the end of a run wherever it goes on. */
  async waitForEnd(id: string): Promise<RunOutcome> {
    for (const run of this.active.values()) {
      const outcome = run.id === id ? await run.ended : undefined;
      if (outcome) return outcome;
    }
    return this.waitElsewhere(id);
  }
}

/** A run whose events are held by the step that started it. */
class HoldingJournal extends PgJournal {
  constructor(
    private readonly hold: (events: EventMessage[]) => void,
    ...rest: ConstructorParameters<typeof PgJournal>
  ) {
    super(...rest);
  }

  override async finish(outcome: RunOutcome, events: EventMessage[]): Promise<void> {
    await super.finish(outcome, []);
    if (outcome.state === "done" && events.length) this.hold(events);
  }
}

const liveKey = (workflowId: string, transactionId: string) => `${workflowId}\u0000${transactionId}`;

function outcomeOf({ state, result, errors }: ExecutionStatus): RunOutcome {
  return { state, result, errors };
}
