import { ambient, processRegistries } from "@velella/kernel";
import type { Container, EventMessage, Logger, SharedContext, SqlConnection, SqlExecutor, SqlTransaction } from "@velella/kernel";
import { createContainer, silentLogger } from "@velella/kernel";
import { runErrors } from "../errors";
import type { WorkflowPlan } from "../plan/plan";
import { workflowRegistryKind } from "../registry/workflow-registry";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { endsWithin } from "../run/with-timeout";
import { copyError } from "../run/error-copy";
import type { ErrorCopy } from "../run/error-copy";
import { answer, identityOf, observerOf, runDirectly, runsPlans } from "../run/workflow-runner";
import type { PlanRunner, RunOptions, RunResult, StepAddress } from "../run/workflow-runner";
import { secretPaths } from "../plan/secret-paths";
import { ExecutionStore } from "../store/execution-store";
import { Payloads } from "../store/payloads";
import { migrateTables, tablesIn } from "../store/schema";
import type { Tables } from "../store/schema";
import { StepStore } from "../store/step-store";
import { Delivery } from "../tasks/delivery";
import { Jobs } from "../tasks/jobs";
import { Subscribers } from "../tasks/subscribers";
import { TaskStore } from "../tasks/task-store";
import { PostgresTransport } from "../transport/postgres-transport";
import { Bell } from "./bell";
import type { EngineEvents, WorkflowEngineOptions } from "./engine-options";
import { engineErrors } from "./errors";
import { ExecutionList } from "./execution-list";
import type { ExecutionFilters, ExecutionListConfig, WorkflowExecution } from "./execution-list";
import { Executor } from "./executor";
import { Instance, reap } from "./instance";
import { LeaseThread } from "./lease-thread";
import { look } from "./look";
import { Poller } from "./poller";
import { runsDirectly } from "./runner-choice";
import { addressOf, stepKeyOf } from "./step-address";
import { Strays } from "./strays";
import { Subscriptions } from "./subscriptions";
import type { WorkflowSubscription } from "./subscriptions";
import { sharedContextOf } from "./shared-context";

const resumedAtOnce = 50;
const sweptAtOnce = 1000;
const sweptInARow = 50;
const fireRetention = 7 * 24 * 3600;

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
  readonly subscribers = new Subscribers();
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
  private readonly executions: ExecutionStore;
  private readonly tasks: TaskStore;
  private readonly list: ExecutionList;
  private readonly executor: Executor;
  private readonly delivery: Delivery;
  private readonly poller: Poller;
  private readonly subscriptions: Subscriptions;
  private readonly strays: Strays;
  private readonly payloads: Payloads;
  private readonly bell: Bell;
  private sweptAt = 0;
  /** A run whose owners died repeatedly is under way: it runs alone. */
  private quarantined = false;
  private hasOthers = true;
  private stopped = false;

  constructor(private readonly options: WorkflowEngineOptions) {
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
    const { leaseSeconds = 30, sessionLock = true, pollInterval = 250, maxDeliveryAttempts = 5, deliveryBackoff = 1 } = options;
    const { leaseConnection, blockedLoopSeconds = 300, listen = sessionLock } = options;
    this.instance = new Instance({
      connection: checkpoints,
      tables,
      logger,
      leaseSeconds,
      sessionLock,
      // Who takes up nothing has nothing to listen for.
      onWork: listen && options.mode !== "server" ? () => this.poller.wakeIn(0) : undefined,
      thread: (instance) =>
        leaseConnection && new LeaseThread({ connection: leaseConnection, tables, logger, instance, leaseSeconds, blockedLoopSeconds }),
    });
    const { id } = this.instance;
    this.bell = new Bell({ connection: checkpoints, tables, logger, instance: id });
    this.payloads = new Payloads({ secret: options.secret, maxBytes: options.maxPayloadBytes ?? 16_777_216, logger });
    const steps = new StepStore(checkpoints, tables, id, this.payloads);
    this.executions = new ExecutionStore(checkpoints, tables, id, this.payloads);
    this.tasks = new TaskStore(checkpoints, tables, id);
    this.list = new ExecutionList(checkpoints, tables, steps);
    this.subscriptions = new Subscriptions(logger);
    this.poller = new Poller(() => this.look(), pollInterval, logger);
    const wakeIn = (seconds: number) => this.poller.wakeIn(seconds);
    this.jobs = new Jobs({ connection: checkpoints, tables, logger, onTask: () => this.deliverNow(true) });
    this.delivery = new Delivery(
      {
        store: this.tasks,
        subscribers: this.subscribers,
        jobs: this.jobs,
        transport: options.transport ?? new PostgresTransport(),
        logger,
        maxAttempts: maxDeliveryAttempts,
        backoffSeconds: deliveryBackoff,
      },
      wakeIn,
    );
    this.executor = new Executor({
      journal: { connection, contextFor: this.contextFor, steps, executions: this.executions, payloads: this.payloads },
      registry: this.registry,
      container,
      logger,
      wakeIn,
      onEvents: () => this.eventsAreThere(),
      observerOf: (workflowId, transactionId, runOptions) =>
        observerOf(runOptions, transactionId, this.subscriptions.observer(workflowId, transactionId)),
    });
    this.strays = new Strays({
      connection: checkpoints,
      tables,
      owner: id,
      intervalMs: (leaseSeconds * 1000) / 6,
      runs: () => this.executor.ids(),
      tasks: () => this.delivery.ids(),
    });
    this.events = {
      emit: (messages, emitOptions) => this.emit(messages, emitOptions?.executor),
      list: (listOptions) => this.tasks.list(listOptions),
      replay: async (ids) => {
        const replayed = await this.tasks.replay(ids);
        this.eventsAreThere();
        return replayed;
      },
    };
  }

  /** Creates or updates the engine's tables. */
  async migrate(): Promise<void> {
    await migrateTables(this.connection, this.tables);
  }

  /** Begins to take up interrupted runs, and to deliver events and ticks. Subscribers and jobs are to be known by then. */
  async start(): Promise<void> {
    await this.instance.ready();
    if (this.options.mode === "server") return;
    for (const plan of this.registry.list()) this.schedule(plan);
    await this.jobs.start();
    await this.delivery.start();
    this.poller.start();
  }

  /**
   * Finishes what is at work here, as long as `stopSeconds` allow, gives the rest back, so that other instances go on with
   * it, and says goodbye. The connections stay open.
   */
  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.jobs.stop();
    this.bell.stop();
    const seconds = this.options.stopSeconds ?? 20;
    if (!(await endsWithin(this.finishWork(), seconds))) {
      const left = [...this.executor.ids(), ...this.delivery.ids()].join(", ");
      this.logger.warn(`The workflow engine stops although there is work under way after ${seconds} s; it is left to others: ${left}`);
    }
    // An engine that did nothing owns nothing, and its tables may not even be there.
    if (this.instance.isRegistered) {
      await this.executions.release();
      await this.tasks.release();
    }
    await this.instance.stop();
  }

  private async finishWork(): Promise<void> {
    await this.poller.stop();
    await this.delivery.stop();
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
    { container, ...options }: RunOptions & { container?: Container } = {},
  ): Promise<RunResult> {
    const plan = typeof workflow === "string" ? this.planOf(workflow) : workflow.plan;
    return this[runsPlans](plan, options, container ?? this.container.createScope());
  }

  /** Runs a plan, directly or journalled. */
  async [runsPlans](plan: WorkflowPlan, options: RunOptions, container: Container): Promise<RunResult> {
    if (this.stopped) throw engineErrors.stopped();
    const ownContext = withoutIdentity(options);
    if (
      !this.options.journalAll &&
      runsDirectly(plan, this.registry, ownContext.transactionId !== undefined || ownContext.context?.transactionId !== undefined)
    )
      return this.runDirectly(plan, ownContext, container);
    await this.instance.ready();
    const identity = identityOf(plan, ownContext, container);
    const { outcome, runId } = await this.executor.run(plan, identity, ownContext);
    return answer(outcome, { workflowId: plan.id, transactionId: identity.transactionId, runId }, options, container);
  }

  private runDirectly(plan: WorkflowPlan, options: RunOptions, container: Container): Promise<RunResult> {
    const { holdEvents, eventGroupId } = ambient();
    const release = async (events: EventMessage[]) => {
      if (holdEvents && eventGroupId === options.context?.eventGroupId) holdEvents(events);
      else await this.emit(events);
    };
    const services = {
      release,
      transaction: <T>(run: (shared: SharedContext) => Promise<T>) =>
        this.connection.transaction((transaction) => run(this.contextFor(transaction))),
    };
    return runDirectly(plan, this.registry, options, container, services, (transactionId) =>
      this.subscriptions.observer(plan.id, transactionId),
    );
  }

  /** Undoes a run: one that goes on, or one that is done and kept. Returns when it is undone. */
  async cancel(
    workflow: string | { getName(): string },
    { transactionId, throwOnError = true }: { transactionId: string; throwOnError?: boolean },
  ): Promise<RunResult> {
    const workflowId = typeof workflow === "string" ? workflow : workflow.getName();
    const id = await this.executions.cancel(workflowId, transactionId);
    if (!id) throw engineErrors.noTransaction(workflowId, transactionId);
    this.executor.cancel(id);
    this.runsAreThere();
    const outcome = await this.executor.waitForEnd(id);
    // That it is undone is what was asked for; that it could not be undone is an error.
    const failed = outcome.state === "failed";
    const identity = { workflowId, transactionId, runId: id };
    return answer(outcome, identity, { throwOnError: failed && throwOnError }, this.container);
  }

  /** Sets a run going again that was parked, or whose compensation failed; the latter from there. */
  async retryExecution(workflow: string | { getName(): string }, { transactionId }: { transactionId: string }): Promise<void> {
    const workflowId = typeof workflow === "string" ? workflow : workflow.getName();
    if (!(await this.executions.retry(workflowId, transactionId))) throw engineErrors.notStuck(workflowId, transactionId);
    this.runsAreThere();
  }

  /** Answers a step that waits, with its output. */
  async setStepSuccess({
    idempotencyKey,
    stepResponse,
  }: {
    idempotencyKey: string | StepAddress;
    stepResponse?: unknown;
  }): Promise<StepAnswer> {
    return this.answerStep(idempotencyKey, (plan, key) => ({
      status: "done",
      output: this.payloads.pack(stepResponse, `The answer to step "${key}"`, plan && secretPaths(plan)?.values.get(key)),
    }));
  }

  /** Fails a step that waits; the run is undone. */
  async setStepFailure({
    idempotencyKey,
    stepResponse,
  }: {
    idempotencyKey: string | StepAddress;
    stepResponse?: unknown;
  }): Promise<StepAnswer> {
    return this.answerStep(idempotencyKey, () => ({ status: "failed", error: failureOf(stepResponse) }));
  }

  private async answerStep(
    address: string | StepAddress,
    given: (plan: WorkflowPlan | undefined, key: string) => Parameters<ExecutionStore["answer"]>[3],
  ): Promise<StepAnswer> {
    const { workflowId, transactionId, stepId } = addressOf(address);
    const plan = this.registry.get(workflowId);
    const key = stepKeyOf(plan, stepId);
    const id = await this.executions.answer(workflowId, transactionId, key, given(plan, key));
    if (!id) throw engineErrors.notWaiting(stepId, workflowId, transactionId);
    this.runsAreThere();
    return { workflowId, transactionId, stepId };
  }

  /** Tells of what happens in runs of this process; returns the subscription's id. */
  subscribe(subscription: WorkflowSubscription): string {
    return this.subscriptions.add(subscription);
  }

  /** Ends a subscription: the one named, or without `subscriberId` all to this run or workflow. */
  unsubscribe(subscription: Pick<WorkflowSubscription, "workflowId" | "transactionId" | "subscriberId">): void {
    this.subscriptions.remove(subscription);
  }

  // Seeing it

  listWorkflowExecutions(filters?: ExecutionFilters, config?: ExecutionListConfig): Promise<WorkflowExecution[]> {
    return this.list.list(filters, config);
  }

  listAndCountWorkflowExecutions(filters?: ExecutionFilters, config?: ExecutionListConfig): Promise<[WorkflowExecution[], number]> {
    return Promise.all([this.list.list(filters, config), this.list.count(filters)]);
  }

  /** @throws not_found when there is none with this id, or with this workflow and transaction. */
  retrieveWorkflowExecution(id: string | { workflow_id: string; transaction_id: string }): Promise<WorkflowExecution> {
    return this.list.retrieve(id);
  }

  // Inside

  private planOf(id: string): WorkflowPlan {
    const plan = this.registry.get(id);
    if (!plan) throw runErrors.unknownWorkflow(id);
    return plan;
  }

  private async emit(messages: EventMessage | EventMessage[], executor?: SqlExecutor): Promise<void> {
    const all = Array.isArray(messages) ? messages : [messages];
    if (!all.length) return;
    await this.tasks.emit(all, executor);
    // Events of a transaction can be seen once it is committed.
    if (executor && "afterCommit" in executor) (executor as SqlTransaction).afterCommit(() => this.eventsAreThere());
    else if (!executor) this.eventsAreThere();
  }

  private eventsAreThere(): void {
    this.deliverNow();
    this.tellOthers();
  }

  private runsAreThere(): void {
    this.poller.wakeIn(0);
    this.tellOthers();
  }

  /** Alone, there is nobody to be told; who does not look does not know. */
  private tellOthers(): void {
    if (this.hasOthers) this.bell.ring();
  }

  private deliverNow(ticks = false): void {
    this.delivery.pump(ticks).catch((error: unknown) => this.logger.warn(`Events could not be delivered: ${String(error)}`));
  }

  private schedule(plan: WorkflowPlan): void {
    const { schedule } = plan.options;
    if (!schedule) return;
    const { numberOfExecutions, timezone, ...when } = typeof schedule === "string" ? { cron: schedule } : schedule;
    const name = `workflow:${plan.id}`;
    if (this.jobs.get(name)) return;
    const handler = async ({ tick }: { tick: Date }) => {
      // Named after the tick, so that whoever handles a tick once more joins a run that is still under way.
      await this.run(plan.id, { transactionId: `${name}:${tick.toISOString()}` });
    };
    this.jobs.add({ name, schedule: when, numberOfExecutions, timezone, handler });
  }

  /** One look for work: at the dead, at what is due, at what is old. Returns the seconds until something is due. */
  private async look(): Promise<number | undefined> {
    const { checkpoints, tables } = this;
    const found = await look(checkpoints, tables, this.instance.id);
    this.hasOthers = found.others;
    if (found.lost) this.instance.renew();
    if (found.dead && (await reap(checkpoints, tables, this.instance.id, this.options.parkAfter ?? 5))) {
      found.runs = found.suspects = found.tasks = true;
    }
    if (await this.strays.look()) found.runs = found.tasks = true;
    if (found.runs || found.suspects) await this.resume(found.suspects);
    if (found.tasks) await this.delivery.pump(true);
    if (Date.now() - this.sweptAt > (this.options.sweepInterval ?? 60_000)) await this.sweep();
    return found.next;
  }

  private async resume(suspects: boolean): Promise<void> {
    if (this.quarantined && this.executor.activeCount) return;
    this.quarantined = false;
    const workflows = this.registry.list().map(({ id }) => id);
    const room = resumedAtOnce - this.executor.activeCount;
    const claimed = room > 0 ? await this.executions.claim(workflows, room, false) : [];
    await this.executor.resume(claimed);
    if (!suspects || claimed.length || this.executor.activeCount) return;
    const suspect = await this.executions.claim(workflows, 1, true);
    this.quarantined = suspect.length > 0;
    await this.executor.resume(suspect);
  }

  private async sweep(): Promise<void> {
    this.sweptAt = Date.now();
    const { eventRetention = 3600 } = this.options;
    await allOf((limit) => this.executions.sweep(limit));
    await allOf((limit) => this.tasks.sweep(eventRetention, limit));
    await allOf((limit) => this.jobs.sweep(fireRetention, limit));
  }
}

/** Which step was answered. */
export interface StepAnswer {
  workflowId: string;
  transactionId: string;
  stepId: string;
}

/** Removes in small parts, so that no transaction is long, what became too old since the last time. */
async function allOf(sweep: (limit: number) => Promise<number>): Promise<void> {
  for (let part = 0; part < sweptInARow; part++) if ((await sweep(sweptAtOnce)) < sweptAtOnce) return;
}

/** The error of a step that was failed from outside: what was given, with a message in any case. */
function failureOf(response: unknown): ErrorCopy {
  const given: { message?: unknown } = typeof response === "object" && response !== null ? response : { message: response };
  const message = given.message ?? (response === undefined ? "The step failed." : JSON.stringify(response));
  return { ...copyError({ ...given, message }), response };
}

/** The context of a step, handed on to another run, says who that step is, not who the new run is. */
function withoutIdentity(options: RunOptions): RunOptions {
  const { context } = options;
  if (!context || !("runId" in context)) return options;
  const {
    transactionId: _transaction,
    runId: _run,
    idempotencyKey: _key,
    transactionManager: _manager,
    manager: _other,
    ...rest
  } = context;
  return { ...options, context: rest };
}
