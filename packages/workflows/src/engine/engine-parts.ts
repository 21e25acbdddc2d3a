import { createContainer, processRegistries, silentLogger } from "@velella/kernel";
import type { Container, Logger, SqlConnection } from "@velella/kernel";
import { workflowRegistryKind } from "../registry/workflow-registry";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { ExecutionSteering } from "../store/execution-steering";
import { ExecutionStore } from "../store/execution-store";
import { ExecutionWatch } from "../store/execution-watch";
import { Payloads } from "../store/payloads";
import { tablesIn } from "../store/schema";
import type { Tables } from "../store/schema";
import { StepStore } from "../store/step-store";
import { Automation } from "../tasks/automation";
import { Bell } from "./bell";
import { DirectRuns } from "./direct-runs";
import { EmittingPlans } from "./emitting-plans";
import { Endings } from "./endings";
import type { WorkflowEngineOptions } from "./engine-options";
import { ExecutionList } from "./execution-list";
import { Executor } from "./executor";
import { defaultSweepInterval, Housekeeping } from "./housekeeping";
import { Instance } from "./instance";
import { LeaseThread } from "./lease-thread";
import { Poller } from "./poller";
import { Readiness } from "./readiness";
import { Relay } from "./relay/relay";
import { RunChanges } from "./run-changes";
import { sharedContextOf } from "./shared-context";
import { Steering } from "./steering";
import { StepAnswers } from "./step-answers";
import { Strays } from "./strays";
import { Subscriptions } from "./subscriptions";
import { TakingUp } from "./taking-up";
import { Watchers } from "./watchers";

/** What an engine is made of. Here its parts are made, get their defaults, and are connected with each other. */
export class EngineParts {
  readonly connection: SqlConnection;
  readonly checkpoints: SqlConnection;
  readonly container: Container;
  readonly logger: Logger;
  readonly registry: WorkflowRegistry;
  readonly tables: Tables;
  /** Finds work, and is woken for it. */
  readonly housekeeping: Housekeeping;
  readonly poller: Poller;
  readonly bell: Bell;
  readonly takingUp: TakingUp;
  readonly strays: Strays;
  /** This process, among those that work on the database. */
  readonly instance: Instance;
  readonly readiness: Readiness;
  /** Runs, with and without records. */
  readonly executions: ExecutionStore;
  readonly executor: Executor;
  readonly directRuns: DirectRuns;
  readonly emittingPlans = new EmittingPlans();
  /** What is done to runs from outside. */
  readonly steering: Steering;
  readonly answers: StepAnswers;
  readonly changes: RunChanges;
  /** Who sees them. */
  readonly list: ExecutionList;
  readonly subscriptions: Subscriptions;
  readonly relay: Relay;
  readonly watchers: Watchers;
  /** Events, subscribers and jobs. */
  readonly automation: Automation;

  constructor(readonly options: WorkflowEngineOptions) {
    const { connection, checkpoints = connection, container = createContainer(), logger = silentLogger() } = options;
    const { contextFor = sharedContextOf, registries = processRegistries(), leaseSeconds = 30, pollInterval = 250 } = options;
    const registry = registries.get(workflowRegistryKind);
    const tables = tablesIn(options.schema);
    const database = { connection: checkpoints, tables, logger };
    this.connection = connection;
    this.checkpoints = checkpoints;
    this.container = container;
    this.logger = logger;
    this.registry = registry;
    this.tables = tables;

    this.housekeeping = new Housekeeping(this);
    const { housekeeping } = this;
    this.poller = new Poller(() => housekeeping.look(), pollInterval, logger);
    const { poller } = this;
    this.instance = this.madeInstance(leaseSeconds);
    const { id } = this.instance;
    this.readiness = new Readiness(checkpoints, tables, this.instance);
    this.bell = new Bell({ ...database, message: id });

    this.subscriptions = new Subscriptions((interest) => this.relay.changed(interest));
    this.relay = new Relay({
      ...database,
      instance: id,
      subscriptions: this.subscriptions,
      pollInterval,
      sweepInterval: options.sweepInterval ?? defaultSweepInterval,
      running: () => (housekeeping.hasOthers ? this.executor.running() : []),
    });
    const { subscriptions, relay } = this;
    this.watchers = new Watchers(subscriptions, relay, logger);
    const { watchers } = this;
    this.list = new ExecutionList(checkpoints, tables, registry);

    const wakeIn = (seconds: number) => poller.wakeIn(seconds);
    const tellOthers = () => housekeeping.tellOthers();
    this.automation = new Automation({ ...database, instance: id, settings: options, wakeIn, tellOthers });
    const { automation } = this;

    const payloads = new Payloads({ secret: options.secret, maxBytes: options.maxPayloadBytes ?? 16_777_216, logger });
    const steps = new StepStore(checkpoints, tables, id, payloads);
    const watch = new ExecutionWatch(checkpoints, tables, payloads);
    const endings = new Endings(watch, steps);
    this.executions = new ExecutionStore(checkpoints, tables, id, (run) => relay.followed.add(run));
    const { executions } = this;
    this.executor = new Executor({
      journal: { connection, contextFor, steps, executions, watch, payloads, logger },
      ...{ endings, registry, container, logger, relay, wakeIn },
      onEvents: () => automation.eventsAreThere(),
      observerOf: (run, handlers) => watchers.ofJournalledRun(run, handlers),
    });
    const { executor, emittingPlans } = this;
    this.directRuns = new DirectRuns({
      ...{ connection, contextFor, registry, logger, emittingPlans },
      events: automation.events,
      observerOf: (run, handlers) => watchers.ofDirectRun(run, handlers),
    });
    this.takingUp = new TakingUp({ executions, executor, registry });
    this.strays = new Strays({
      connection: checkpoints,
      tables,
      instance: id,
      intervalMs: (leaseSeconds * 1000) / 6,
      runs: () => executor.ids(),
      tasks: () => automation.ids(),
    });

    const steering = new ExecutionSteering(checkpoints, tables);
    const onRuns = () => housekeeping.runsAreThere();
    this.steering = new Steering(steering);
    this.answers = new StepAnswers({
      ...{ registry, payloads, onRuns, executions: steering },
      useContainer: (...given) => executor.useContainer(...given),
    });
    this.changes = new RunChanges({
      ...{ steering: this.steering, answers: this.answers, executor, endings, subscriptions, bell: this.bell, onRuns },
      heardOthers: () => relay.caughtUp(),
    });
  }

  private madeInstance(leaseSeconds: number): Instance {
    const { checkpoints, tables, logger, housekeeping } = this;
    const { sessionLock = true, listen = sessionLock, leaseConnection, blockedLoopSeconds = 300 } = this.options;
    return new Instance({
      ...{ connection: checkpoints, tables, logger, leaseSeconds, sessionLock },
      onNotice: listen ? (notice) => housekeeping.hear(notice) : undefined,
      onCancelled: (ids) => housekeeping.stopRuns(ids),
      onNew: () => this.relay.open(),
      thread: (instance) =>
        leaseConnection && new LeaseThread({ connection: leaseConnection, tables, logger, instance, leaseSeconds, blockedLoopSeconds }),
    });
  }
}
