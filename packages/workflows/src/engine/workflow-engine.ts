import { processRegistries } from "@velella/kernel";
import type { Container, Logger, SharedContext, SqlConnection, SqlTransaction } from "@velella/kernel";
import { createContainer, silentLogger } from "@velella/kernel";
import { runErrors } from "../errors/workflow-errors";
import type { WorkflowPlan } from "../plan/plan";
import { workflowRegistryKind } from "../registry/workflow-registry";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { endsWithin } from "../run/ends-within";
import type { WorkflowTransaction } from "../run/outcome";
import { checkResultFrom } from "../run/result-from";
import { observerOf } from "../run/run-events";
import { checkRunOptions } from "../run/run-options";
import type { ObservedRun, RunEventHandlers } from "../run/run-events";
import { answer, followsRuns, identityOf, isContainer, isNamed, runsPlans } from "../run/workflow-runner";
import type { RunIdentity } from "../run/step-context";
import type { PlanRunner, RunOptions, RunResult } from "../run/workflow-runner";
import { ExecutionSteering } from "../store/execution-steering";
import type { ExecutionChoice } from "../store/execution-steering";
import { ExecutionStore } from "../store/execution-store";
import { ExecutionWatch } from "../store/execution-watch";
import { Payloads } from "../store/payloads";
import { migrateTables, tablesIn } from "../store/schema";
import type { Tables } from "../store/schema";
import { StepStore } from "../store/step-store";
import { Automation } from "../tasks/automation";
import type { Jobs } from "../tasks/jobs";
import type { EngineEvents } from "../tasks/outbox";
import type { Subscribers } from "../tasks/subscribers";
import { allOf } from "./all-of";
import { Bell, cancelledIn, noticesAreThere } from "./bell";
import { DirectRuns } from "./direct-runs";
import { Endings } from "./endings";
import { checkEngineOptions } from "./engine-option-checks";
import type { WorkflowEngineOptions } from "./engine-options";
import { engineErrors } from "../errors/engine-errors";
import { EmittingPlans } from "./emitting-plans";
import { ExecutionList } from "./execution-list";
import type { ExecutionFilters } from "./execution-filters";
import type { ExecutionListConfig, ExecutionRetrieveConfig, WorkflowExecution } from "./execution-list";
import { Executor } from "./executor";
import { Instance } from "./instance";
import { LeaseThread } from "./lease-thread";
import { look } from "./look";
import { Every } from "../monotonic-clock";
import { withoutIdentity } from "./own-context";
import { Poller } from "./poller";
import { reap } from "./reap";
import { Readiness } from "./readiness";
import { Relay } from "./relay/relay";
import { chooseRunner } from "../run/runner-choice";
import { transactionOf } from "./running-transaction";
import { RunChanges } from "./run-changes";
import { scheduledJob } from "./scheduled-job";
import { Steering } from "./steering";
import { StepAnswers } from "./step-answers";
import type { StepAnswer, StepAnswerInput, StepChoice } from "./step-answers";
import { Strays } from "./strays";
import { Subscriptions } from "./subscriptions";
import type { WorkflowSubscription, WorkflowUnsubscription } from "./subscriptions";
import { TakingUp } from "./taking-up";
import { sharedContextOf } from "./shared-context";

/**
 * Makes an engine on a database. It runs workflows at once; it takes up interrupted runs, and delivers events and ticks
 * of jobs, from `start()` on.
 */
export function createWorkflowEngine(options: WorkflowEngineOptions): WorkflowEngine {
  return new WorkflowEngine(options);
}

/** Runs workflows durably, and what belongs to that: events, subscribers, jobs. */
export class WorkflowEngine implements PlanRunner {
  /** Subscribers to events. Add them before `start()`. */
  readonly subscribers: Subscribers;
  /** Jobs that run at certain times. */
  readonly jobs: Jobs;
  /** The outbox. */
  readonly events: EngineEvents;

  private readonly connection: SqlConnection;
  private readonly checkpoints: SqlConnection;
  private readonly container: Container;
  private readonly logger: Logger;
  private readonly registry: WorkflowRegistry;
  private readonly tables: Tables;
  private readonly contextFor: (transaction: SqlTransaction) => SharedContext;
  private readonly instance: Instance;
  private readonly readiness: Readiness;
  private readonly executions: ExecutionStore;
  private readonly list: ExecutionList;
  private readonly answers: StepAnswers;
  private readonly executor: Executor;
  private readonly directRuns: DirectRuns;
  private readonly automation: Automation;
  private readonly emittingPlans = new EmittingPlans();
  private readonly poller: Poller;
  private readonly subscriptions: Subscriptions;
  private readonly strays: Strays;
  private readonly steering: Steering;
  private readonly changes: RunChanges;
  private readonly takingUp: TakingUp;
  private readonly bell: Bell;
  private readonly relay: Relay;
  private readonly sweepTurn: Every;
  private hasOthers = true;
  private stopping: Promise<void> | undefined;
  private stopped = false;

  /** @throws `engine.unknown_option`, `engine.bad_option` */
  constructor(private readonly options: WorkflowEngineOptions) {
    checkEngineOptions(options);
    const {
      connection,
      checkpoints = connection,
      container = createContainer(),
      logger = silentLogger(),
      registries = processRegistries(),
    } = options;
    this.connection = connection;
    this.checkpoints = checkpoints;
    this.container = container;
    this.logger = logger;
    this.registry = registries.get(workflowRegistryKind);
    this.tables = tablesIn(options.schema);
    this.contextFor = options.contextFor ?? sharedContextOf;
    const { tables } = this;
    const { leaseSeconds = 30, sessionLock = true, pollInterval = 250, sweepInterval = 60_000 } = options;
    const { leaseConnection, blockedLoopSeconds = 300, listen = sessionLock } = options;
    this.instance = new Instance({
      connection: checkpoints,
      tables,
      logger,
      leaseSeconds,
      sessionLock,
      onNotice: listen ? (notice) => this.hear(notice) : undefined,
      onCancelled: (ids) => this.stopRuns(ids),
      onNew: () => this.relay.open(),
      thread: (instance) =>
        leaseConnection && new LeaseThread({ connection: leaseConnection, tables, logger, instance, leaseSeconds, blockedLoopSeconds }),
    });
    this.readiness = new Readiness(checkpoints, tables, this.instance);
    const { id } = this.instance;
    this.bell = new Bell({ connection: checkpoints, tables, logger, message: id });
    this.subscriptions = new Subscriptions((interest) => this.relay.changed(interest));
    this.relay = new Relay({
      connection: checkpoints,
      tables,
      logger,
      instance: id,
      subscriptions: this.subscriptions,
      pollInterval,
      sweepInterval,
      running: () => (this.hasOthers ? this.executor.running() : []),
    });
    const payloads = new Payloads({ secret: options.secret, maxBytes: options.maxPayloadBytes ?? 16_777_216, logger });
    const steps = new StepStore(checkpoints, tables, id, payloads);
    const watch = new ExecutionWatch(checkpoints, tables, payloads);
    const endings = new Endings(watch, steps);
    const steering = new ExecutionSteering(checkpoints, tables);
    const { registry } = this;
    this.executions = new ExecutionStore(checkpoints, tables, id, (run) => this.relay.followed.add(run));
    this.steering = new Steering(steering);
    this.list = new ExecutionList(checkpoints, tables, registry);
    this.poller = new Poller(() => this.look(), pollInterval, logger);
    const wakeIn = (seconds: number) => this.poller.wakeIn(seconds);
    const tellOthers = () => this.tellOthers();
    this.automation = new Automation({ connection: checkpoints, tables, logger, instance: id, settings: options, wakeIn, tellOthers });
    this.subscribers = this.automation.subscribers;
    this.jobs = this.automation.jobs;
    this.events = this.automation.events;
    this.executor = new Executor({
      journal: { connection, contextFor: this.contextFor, steps, executions: this.executions, watch, payloads, logger },
      endings,
      registry,
      container,
      logger,
      wakeIn,
      onEvents: () => this.automation.eventsAreThere(),
      relay: this.relay,
      observerOf: (run, handlers) => {
        this.relay.followed.watch();
        return this.observerOf(run, handlers);
      },
    });
    this.directRuns = new DirectRuns({
      connection,
      contextFor: this.contextFor,
      registry,
      logger,
      events: this.events,
      emittingPlans: this.emittingPlans,
      // One that nobody watches as it begins is made of plain calls.
      observerOf: (run, handlers) => (this.isWatched(run.identity, handlers) ? this.observerOf(run, handlers) : undefined),
    });
    this.answers = new StepAnswers({
      registry,
      executions: steering,
      payloads,
      useContainer: (...given) => this.executor.useContainer(...given),
      onRuns: () => this.runsAreThere(),
    });
    this.sweepTurn = new Every(sweepInterval, true);
    const { steering: choices, answers, executor, subscriptions, bell } = this;
    this.changes = new RunChanges({
      ...{ steering: choices, answers, executor, endings, subscriptions, bell },
      onRuns: () => this.runsAreThere(),
      heardOthers: () => this.relay.caughtUp(),
    });
    this.takingUp = new TakingUp({ executions: this.executions, executor: this.executor, registry });
    this.strays = new Strays({
      connection: checkpoints,
      tables,
      owner: id,
      intervalMs: (leaseSeconds * 1000) / 6,
      runs: () => this.executor.ids(),
      tasks: () => this.automation.ids(),
    });
  }

  /** Creates or updates the engine's tables. */
  async migrate(): Promise<void> {
    await migrateTables(this.connection, this.tables);
  }

  /**
   * Begins to take up interrupted runs, and to deliver events and ticks. Subscribers and jobs are to be known by then.
   *
   * @throws `engine.not_migrated` when the tables are not there, `engine.outdated` when they are those of an earlier release
   */
  async start(): Promise<void> {
    await this.readiness.reach();
    if (this.options.mode === "server") return;
    for (const plan of this.registry.list()) this.schedule(plan);
    await this.automation.start();
    this.poller.start();
  }

  /**
   * Finishes what is at work here, and the runs that it starts, as long as `stopSeconds` allow; gives the rest back, so that
   * other instances go on with it, and says goodbye. From then on nothing runs here. The connections stay open.
   */
  stop(): Promise<void> {
    return (this.stopping ??= this.stopOnce());
  }

  private async stopOnce(): Promise<void> {
    this.automation.stopClock();
    this.bell.stop();
    const seconds = this.options.stopSeconds ?? 20;
    if (!(await endsWithin(this.finishWork(), seconds))) {
      const left = [...this.executor.ids(), ...this.automation.ids()].join(", ");
      this.logger.warn(`The workflow engine stops although there is work under way after ${seconds} s; it is left to others: ${left}`);
    }
    this.stopped = true;
    // An engine that did nothing owns nothing, and its tables may not even be there.
    if (this.instance.isRegistered) {
      await this.executions.release();
      await this.automation.release();
      await this.relay.stop();
    }
    await this.instance.stop();
  }

  private async finishWork(): Promise<void> {
    await this.poller.stop();
    await this.automation.stop();
    await this.executor.idle();
  }

  // Runs

  /**
   * Runs a workflow, given by its id or itself.
   *
   * @throws `Workflow with id "…" not found.` (not_found), or the error of a failed run as a plain object.
   */
  async run(
    workflow: string | { getName(): string; plan: WorkflowPlan },
    { container, ...options }: RunOptions = {},
    _context?: SharedContext,
  ): Promise<RunResult> {
    const plan = typeof workflow === "string" ? this.planOf(workflow) : workflow?.plan;
    if (!plan) throw engineErrors.noWorkflow(workflow === null || typeof workflow !== "object" ? String(workflow) : "an object");
    checkRunOptions(plan.id, options);
    return this[runsPlans](plan, options, isContainer(container) ? container : this.container.createScope());
  }

  /** Runs a plan, with or without records. */
  async [runsPlans](plan: WorkflowPlan, options: RunOptions, container: Container): Promise<RunResult> {
    if (this.stopped) throw engineErrors.stopped();
    const ownContext = withoutIdentity(options);
    const choice = this.options.journalAll
      ? "journalled"
      : chooseRunner(plan, this.registry, isNamed(ownContext), this.emittingPlans.isQuiet(plan));
    if (choice === "direct") return this.directRuns.run(plan, ownContext, container);
    if (ownContext.resultFrom !== undefined) checkResultFrom(plan, ownContext.resultFrom);
    const identity = identityOf(plan, ownContext, container);
    // Who watches is told of each step once, and an atomic run may have to begin again.
    const isAtomic = choice === "atomic" && this.directRuns.maySucceedAtomically(plan) && !this.isWatched(identity, ownContext.events);
    const whole = isAtomic ? await this.directRuns.runAtomically(plan, identity, ownContext) : undefined;
    if (whole) return answer(whole, identity, options, container);
    await this.readiness.reach();
    const { outcome, runId } = await this.executor.run(plan, identity, ownContext, isAtomic);
    if (isAtomic && outcome.state === "done") this.directRuns.missed(plan);
    this.emittingPlans.learnFrom(plan, outcome);
    return answer(outcome, { workflowId: plan.id, transactionId: identity.transactionId, runId }, options, container);
  }

  /** Does something to a run from outside, and follows it. */
  [followsRuns](...change: Parameters<RunChanges["follow"]>): Promise<RunResult> {
    return this.changes.follow(...change);
  }

  private isWatched({ workflowId, transactionId }: RunIdentity, handlers: RunEventHandlers | undefined): boolean {
    return handlers !== undefined || this.subscriptions.listeners(workflowId, transactionId).length > 0;
  }

  private observerOf(run: ObservedRun, handlers: RunEventHandlers | undefined) {
    const log = (message: string, error: unknown) => this.logger.error(message, error);
    return observerOf(run, handlers, log, () =>
      this.relay.listeners({ workflowId: run.plan.id, transactionId: run.identity.transactionId }),
    );
  }

  /**
   * Undoes a run: one that goes on, or one that is done and kept. A step that is at work is told by the `signal` of its context,
   * and undone when it has ended; a transform or a condition that is being computed is not waited for. Returns when it is
   * undone; or, where no instance takes that up within some seconds, with the state `waiting_to_compensate`.
   *
   * @param options The run: by its transaction id the one that lives, or else the last; or by its own id, `wf_exec_…`.
   * @throws not_found when there is none; a conflict when another run of its transaction id lives.
   */
  async cancel(
    workflow: string | { getName(): string },
    { throwOnError = true, ...choice }: ExecutionChoice & { throwOnError?: boolean },
  ): Promise<RunResult> {
    return this.changes.cancel(nameOf(workflow), choice, { throwOnError }, this.container);
  }

  /**
   * Sets a run going again that was parked, or whose compensation failed; the latter from there, with as many attempts as before.
   *
   * @param choice The run, by its transaction id or its own id, `wf_exec_…`.
   * @throws not_found when it is not stuck; a conflict when another run of its transaction id lives; invalid_argument when
   * several of the transaction id are stuck.
   */
  async retryExecution(workflow: string | { getName(): string }, choice: ExecutionChoice): Promise<void> {
    await this.steering.retry(nameOf(workflow), choice);
    this.runsAreThere();
  }

  /**
   * Answers a step that waits, with its output.
   *
   * @throws not_allowed when it does not wait.
   */
  async setStepSuccess(answer: StepAnswerInput, _context?: SharedContext): Promise<StepAnswer> {
    return this.answers.succeed(answer);
  }

  /** Fails a step that waits; the run is undone. @throws not_allowed when it does not wait. */
  async setStepFailure(answer: StepAnswerInput, _context?: SharedContext): Promise<StepAnswer> {
    return this.answers.fail(answer);
  }

  /**
   * Has the next attempt of a step that failed come now: of one with `autoRetry: false` it is the only way, of one with a
   * `retryInterval` an earlier one.
   *
   * @throws not_allowed when the step does not wait for another attempt.
   */
  async retryStep(step: StepChoice, _context?: SharedContext): Promise<StepAnswer> {
    return this.answers.retry(step);
  }

  /**
   * Tells of what happens in runs; returns the subscription's id. It hears all runs of this process at once, and from `start()`
   * on, or the first journalled run, those that are journalled in others as well, a moment later, the same notifications in
   * the same order, each once. What happens elsewhere is told as well as can be: a notification is lost when the database is
   * away, or this process is, and what a step or a run returned is left out when it is large (`isAbridged`). A run that is at
   * work already when somebody subscribes elsewhere is heard from within a second on; one that needs no record tells those in
   * its process who have subscribed when it begins. Nothing must rest on it that has to happen: that is what events are for.
   */
  subscribe(subscription: WorkflowSubscription): string {
    return this.subscriptions.add(subscription);
  }

  /** Ends subscriptions: those of the subscriber that is named, or without one all to this run or workflow. */
  unsubscribe(subscription: WorkflowUnsubscription): void {
    this.subscriptions.remove(subscription);
  }

  // Seeing it

  /**
   * The runs that live or are kept, the newest first.
   *
   * @throws invalid_data naming the filter, operator, value or option that is wrong
   */
  listWorkflowExecutions(filters?: ExecutionFilters, config?: ExecutionListConfig, _context?: SharedContext): Promise<WorkflowExecution[]> {
    return this.list.list(filters, config);
  }

  /** {@link listWorkflowExecutions}, with the number of all that the filters match. */
  listAndCountWorkflowExecutions(
    filters?: ExecutionFilters,
    config?: ExecutionListConfig,
    _context?: SharedContext,
  ): Promise<[WorkflowExecution[], number]> {
    return Promise.all([this.list.list(filters, config), this.list.count(filters)]);
  }

  /** @throws not_found when there is none with this id, or with this workflow and transaction. */
  retrieveWorkflowExecution(
    id: string | { workflow_id: string; transaction_id: string },
    config?: ExecutionRetrieveConfig,
    _context?: SharedContext,
  ): Promise<WorkflowExecution> {
    return this.list.retrieve(id, config);
  }

  /** The run with a transaction id as it stands, while it lives or is kept. @throws not_found when there is none. */
  async getRunningTransaction(workflowId: string, transactionId: string, _context?: SharedContext): Promise<WorkflowTransaction> {
    return transactionOf(await this.list.retrieve({ workflow_id: workflowId, transaction_id: transactionId }));
  }

  // Inside

  private planOf(id: string): WorkflowPlan {
    const plan = this.registry.get(id);
    if (!plan) throw runErrors.unknownWorkflow(id);
    return plan;
  }

  private runsAreThere(): void {
    this.poller.wakeIn(0);
    this.tellOthers();
  }

  /** What another instance tells: which run is cancelled, that there is something for subscribers, or that there is work. */
  private hear(notice: string): void {
    if (notice === noticesAreThere) return this.relay.wake();
    const cancelled = cancelledIn(notice);
    if (cancelled === undefined) this.poller.wakeIn(0);
    else this.stopRuns([cancelled]);
  }

  private stopRuns(cancelled: readonly string[]): void {
    for (const id of cancelled) this.executor.cancel(id);
  }

  /** Alone, there is nobody to be told; who does not look does not know. */
  private tellOthers(): void {
    if (this.hasOthers) this.bell.ring();
  }

  private schedule(plan: WorkflowPlan): void {
    const job = scheduledJob(plan, (options) => this.run(plan.id, options));
    if (job && !this.jobs.get(job.name)) this.jobs.add(job);
  }

  /** One look for work: at the dead, at what is due, at what is old. Returns the seconds until something is due. */
  private async look(): Promise<number | undefined> {
    const { checkpoints, tables } = this;
    const found = await look(checkpoints, tables, this.instance.id);
    this.hasOthers = found.others;
    this.stopRuns(found.cancelled);
    if (found.lost) this.instance.renew();
    if (found.dead && (await reap(checkpoints, tables, this.instance.id, this.options.parkAfter ?? 5))) {
      found.runs = found.suspects = found.tasks = true;
    }
    if (await this.strays.look()) found.runs = found.tasks = true;
    if (found.runs || found.suspects || found.misfits) await this.takingUp.look(found);
    if (found.tasks) await this.automation.look();
    if (this.sweepTurn.isDue()) await this.sweep();
    return found.next;
  }

  private async sweep(): Promise<void> {
    await allOf((limit) => this.executions.sweep(limit));
    await this.automation.sweep(allOf);
    await allOf((limit) => this.relay.sweep(limit));
  }
}

const nameOf = (workflow: string | { getName(): string }): string => (typeof workflow === "string" ? workflow : workflow.getName());
