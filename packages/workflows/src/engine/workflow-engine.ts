import type { Container, SharedContext } from "@velella/kernel";
import { runErrors } from "../errors/workflow-errors";
import type { WorkflowPlan } from "../plan/plan";
import { endsWithin } from "../run/ends-within";
import type { WorkflowTransaction } from "../run/outcome";
import { checkResultFrom } from "../run/result-from";
import { checkRunOptions } from "../run/run-options";
import { identityOf } from "../run/new-run";
import { answer, followsRuns, isContainer, isNamed, runsPlans } from "../run/workflow-runner";
import type { PlanRunner, RunOptions, RunResult } from "../run/workflow-runner";
import type { ExecutionChoice } from "../store/execution-steering";
import { migrateTables } from "../store/schema";
import type { Jobs } from "../tasks/jobs";
import type { EngineEvents } from "../tasks/outbox";
import type { Subscribers } from "../tasks/subscribers";
import { checkEngineOptions } from "./engine-option-checks";
import type { WorkflowEngineOptions } from "./engine-options";
import { engineErrors } from "../errors/engine-errors";
import { EngineParts } from "./engine-parts";
import type { ExecutionFilters } from "./execution-filters";
import type { ExecutionListConfig, ExecutionRetrieveConfig, WorkflowExecution } from "./execution-list";
import { withoutIdentity } from "./own-context";
import { chooseRunner } from "../run/runner-choice";
import { transactionOf } from "./running-transaction";
import type { RunChanges } from "./run-changes";
import { scheduledJob } from "./scheduled-job";
import type { StepAnswer, StepAnswerInput, StepChoice } from "./step-answers";
import type { WorkflowSubscription, WorkflowUnsubscription } from "./subscriptions";

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

  private readonly parts: EngineParts;
  private stopping: Promise<void> | undefined;
  private stopped = false;

  /** @throws `engine.unknown_option`, `engine.bad_option` */
  constructor(options: WorkflowEngineOptions) {
    checkEngineOptions(options);
    this.parts = new EngineParts(options);
    const { subscribers, jobs, events } = this.parts.automation;
    this.subscribers = subscribers;
    this.jobs = jobs;
    this.events = events;
  }

  /** Creates or updates the engine's tables. */
  async migrate(): Promise<void> {
    const { connection, tables } = this.parts;
    await migrateTables(connection, tables);
  }

  /**
   * Begins to take up interrupted runs, and to deliver events and ticks. Subscribers and jobs are to be known by then.
   *
   * @throws `engine.not_migrated` when the tables are not there, `engine.outdated` when they are those of an earlier release
   */
  async start(): Promise<void> {
    const { readiness, options, registry, automation, poller } = this.parts;
    await readiness.reach();
    if (options.mode === "server") return;
    for (const plan of registry.list()) this.schedule(plan);
    await automation.start();
    poller.start();
  }

  /**
   * Finishes what is at work here, and the runs that it starts, as long as `stopSeconds` allow; gives the rest back, so that
   * other instances go on with it, and says goodbye. From then on nothing runs here. The connections stay open.
   */
  stop(): Promise<void> {
    return (this.stopping ??= this.stopOnce());
  }

  private async stopOnce(): Promise<void> {
    const { automation, bell, executor, executions, instance, logger, options, relay } = this.parts;
    automation.stopClock();
    bell.stop();
    const seconds = options.stopSeconds ?? 20;
    if (!(await endsWithin(this.finishWork(), seconds))) {
      const left = [...executor.ids(), ...automation.ids()].join(", ");
      logger.warn(`The workflow engine stops although there is work under way after ${seconds} s; it is left to others: ${left}`);
    }
    this.stopped = true;
    // An engine that did nothing owns nothing, and its tables may not even be there.
    if (instance.isRegistered) {
      await executions.release();
      await automation.release();
      await relay.stop();
    }
    await instance.stop();
  }

  private async finishWork(): Promise<void> {
    const { poller, automation, executor } = this.parts;
    await poller.stop();
    await automation.stop();
    await executor.idle();
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
    return this[runsPlans](plan, options, isContainer(container) ? container : this.parts.container.createScope());
  }

  /** Runs a plan, with or without records. */
  async [runsPlans](plan: WorkflowPlan, options: RunOptions, container: Container): Promise<RunResult> {
    if (this.stopped) throw engineErrors.stopped();
    const { options: settings, registry, emittingPlans, directRuns, watchers, readiness, executor } = this.parts;
    const ownContext = withoutIdentity(options);
    const choice = settings.journalAll ? "journalled" : chooseRunner(plan, registry, isNamed(ownContext), emittingPlans.isQuiet(plan));
    if (choice === "direct") return directRuns.run(plan, ownContext, container);
    if (ownContext.resultFrom !== undefined) checkResultFrom(plan, ownContext.resultFrom);
    const identity = identityOf(plan, ownContext, container);
    // Who watches is told of each step once, and an atomic run may have to begin again.
    const isAtomic = choice === "atomic" && directRuns.maySucceedAtomically(plan) && !watchers.isWatched(identity, ownContext.events);
    const whole = isAtomic ? await directRuns.runAtomically(plan, identity, ownContext) : undefined;
    if (whole) return answer(whole, identity, options, container);
    await readiness.reach();
    const { outcome, runId } = await executor.run(plan, identity, ownContext, isAtomic);
    if (isAtomic && outcome.state === "done") directRuns.missed(plan);
    emittingPlans.learnFrom(plan, outcome);
    return answer(outcome, { workflowId: plan.id, transactionId: identity.transactionId, runId }, options, container);
  }

  /** Does something to a run from outside, and follows it. */
  [followsRuns](...change: Parameters<RunChanges["follow"]>): Promise<RunResult> {
    return this.parts.changes.follow(...change);
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
    return this.parts.changes.cancel(nameOf(workflow), choice, { throwOnError }, this.parts.container);
  }

  /**
   * Sets a run going again that was parked, or whose compensation failed; the latter from there, with as many attempts as before.
   *
   * @param choice The run, by its transaction id or its own id, `wf_exec_…`.
   * @throws not_found when it is not stuck; a conflict when another run of its transaction id lives; invalid_argument when
   * several of the transaction id are stuck.
   */
  async retryExecution(workflow: string | { getName(): string }, choice: ExecutionChoice): Promise<void> {
    await this.parts.steering.setGoing(nameOf(workflow), choice);
    this.parts.housekeeping.runsAreThere();
  }

  /**
   * Answers a step that waits, with its output.
   *
   * @throws not_allowed when it does not wait.
   */
  async setStepSuccess(answer: StepAnswerInput, _context?: SharedContext): Promise<StepAnswer> {
    return this.parts.answers.succeed(answer);
  }

  /** Fails a step that waits; the run is undone. @throws not_allowed when it does not wait. */
  async setStepFailure(answer: StepAnswerInput, _context?: SharedContext): Promise<StepAnswer> {
    return this.parts.answers.fail(answer);
  }

  /**
   * Has the next attempt of a step that failed come now: of one with `autoRetry: false` it is the only way, of one with a
   * `retryInterval` an earlier one.
   *
   * @throws not_allowed when the step does not wait for another attempt.
   */
  async retryStep(step: StepChoice, _context?: SharedContext): Promise<StepAnswer> {
    return this.parts.answers.retry(step);
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
    return this.parts.subscriptions.add(subscription);
  }

  /** Ends subscriptions: those of the subscriber that is named, or without one all to this run or workflow. */
  unsubscribe(subscription: WorkflowUnsubscription): void {
    this.parts.subscriptions.remove(subscription);
  }

  // Seeing it

  /**
   * The runs that live or are kept, the newest first.
   *
   * @throws invalid_data naming the filter, operator, value or option that is wrong
   */
  listWorkflowExecutions(filters?: ExecutionFilters, config?: ExecutionListConfig, _context?: SharedContext): Promise<WorkflowExecution[]> {
    return this.parts.list.list(filters, config);
  }

  /** {@link listWorkflowExecutions}, with the number of all that the filters match. */
  listAndCountWorkflowExecutions(
    filters?: ExecutionFilters,
    config?: ExecutionListConfig,
    _context?: SharedContext,
  ): Promise<[WorkflowExecution[], number]> {
    return Promise.all([this.parts.list.list(filters, config), this.parts.list.count(filters)]);
  }

  /** @throws not_found when there is none with this id, or with this workflow and transaction. */
  retrieveWorkflowExecution(
    id: string | { workflow_id: string; transaction_id: string },
    config?: ExecutionRetrieveConfig,
    _context?: SharedContext,
  ): Promise<WorkflowExecution> {
    return this.parts.list.retrieve(id, config);
  }

  /** The run with a transaction id as it stands, while it lives or is kept. @throws not_found when there is none. */
  async getRunningTransaction(workflowId: string, transactionId: string, _context?: SharedContext): Promise<WorkflowTransaction> {
    return transactionOf(await this.parts.list.retrieve({ workflow_id: workflowId, transaction_id: transactionId }));
  }

  // Inside

  private planOf(id: string): WorkflowPlan {
    const plan = this.parts.registry.get(id);
    if (!plan) throw runErrors.unknownWorkflow(id);
    return plan;
  }

  private schedule(plan: WorkflowPlan): void {
    const job = scheduledJob(plan, (options) => this.run(plan.id, options));
    if (job && !this.jobs.get(job.name)) this.jobs.add(job);
  }
}

const nameOf = (workflow: string | { getName(): string }): string => (typeof workflow === "string" ? workflow : workflow.getName());
