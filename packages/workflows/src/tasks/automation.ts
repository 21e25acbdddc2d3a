import type { Logger, SqlConnection } from "@velella/kernel";
import type { Tables } from "../store/schema";
import type { EventTransport } from "../transport/event-transport";
import { PostgresTransport } from "../transport/postgres-transport";
import { Delivery } from "./delivery";
import { EventGroups } from "./event-groups";
import { EventRouter } from "./event-router";
import { Handlers } from "./handlers";
import { Jobs } from "./jobs";
import { Outbox } from "./outbox";
import { OutboxStore } from "./outbox-store";
import { Subscribers } from "./subscribers";
import { jobTarget, subscriberTarget } from "./target";
import { TaskStore } from "./task-store";

/** What of the engine's options is about events and jobs; see there. */
export interface AutomationSettings {
  /** How deliveries reach a process that has their subscriber: by PostgreSQL itself by default. */
  transport?: EventTransport | undefined;
  /** How often an event is tried with a subscriber that fails; 5 by default. */
  maxDeliveryAttempts?: number;
  /** Seconds before the second attempt, doubled for each further one; 1 by default. */
  deliveryBackoff?: number;
  /** Seconds that delivered events are kept; 3600 by default. */
  eventRetention?: number;
  /** Seconds that dead deliveries are kept, and groups of events that nobody released; 30 days by default. */
  deadRetention?: number;
  /** Seconds that a subscriber or a job is remembered when no instance has it any more; a day by default. */
  rememberSeconds?: number;
}

/** What {@link Automation} works with. */
export interface AutomationOptions {
  connection: SqlConnection;
  tables: Tables;
  logger: Logger;
  /** This instance. */
  instance: string;
  /** As the engine was given them, without their defaults. */
  settings: AutomationSettings;
  /** Called when a failed task is due earlier than the next look. */
  wakeIn(seconds: number): void;
  /** Called when there is work that others may do. */
  tellOthers(): void;
}

const fireRetention = 7 * 24 * 3600;

/** Events, their subscribers, and jobs: what an engine does besides running workflows. */
export class Automation {
  readonly subscribers: Subscribers;
  readonly jobs: Jobs;
  readonly events: Outbox;
  private readonly tasks: TaskStore;
  private readonly handlers: Handlers;
  private readonly delivery: Delivery;

  constructor(private readonly options: AutomationOptions) {
    const { connection, tables, logger, instance, settings, wakeIn, tellOthers } = options;
    const { rememberSeconds = 86_400, eventRetention = 3600, deadRetention = 30 * 86_400 } = settings;
    const onChange = () => this.handlers.changed();
    this.subscribers = new Subscribers(onChange);
    this.jobs = new Jobs({ connection, tables, logger, onTask: () => this.deliver(true), onChange });
    const own = () => [
      ...this.subscribers.subscriptions().map(([subscriber, event]) => ({ target: subscriberTarget(subscriber), event })),
      ...this.jobs.list().map(({ name }) => ({ target: jobTarget(name), event: "" })),
    ];
    this.handlers = new Handlers({ connection, tables, logger, instance, rememberSeconds, own });
    const outbox = new OutboxStore(connection, tables, () => this.subscribers.lines().map(({ id }) => id));
    this.events = new Outbox({
      store: outbox,
      groups: new EventGroups(connection, tables),
      logger,
      retention: eventRetention,
      deadRetention,
      onEvents: () => this.eventsAreThere(),
    });
    this.tasks = new TaskStore(connection, tables, instance);
    const { transport = new PostgresTransport(), maxDeliveryAttempts: maxAttempts = 5, deliveryBackoff: firstBackoff = 1 } = settings;
    const router = new EventRouter({
      connection,
      tables,
      logger,
      instance,
      subscriptions: () => this.subscribers.subscriptions(),
      maxAttempts,
    });
    this.delivery = new Delivery(
      { store: this.tasks, router, subscribers: this.subscribers, jobs: this.jobs, transport, logger, firstBackoff },
      wakeIn,
      tellOthers,
    );
  }

  /** Makes known what this instance has, and begins to deliver events and ticks. */
  async start(): Promise<void> {
    await this.handlers.start();
    await this.jobs.start();
    await this.delivery.start();
  }

  /** No more ticks from here. */
  stopClock(): void {
    this.jobs.stop();
  }

  /** Takes no more tasks, and waits for those at work. */
  stop(): Promise<void> {
    return this.delivery.stop();
  }

  /** Gives back what this instance has claimed. */
  release(): Promise<void> {
    return this.tasks.release();
  }

  /** The tasks that are at work here. */
  ids(): string[] {
    return this.delivery.ids();
  }

  /** Routes and delivers what is due. */
  look(): Promise<void> {
    return this.delivery.pump(true);
  }

  /** There are new events: here they are delivered at once. */
  eventsAreThere(): void {
    this.deliver();
    this.options.tellOthers();
  }

  /** Removes what was kept long enough. `allOf` has each part done again as long as there is more. */
  async sweep(allOf: (sweep: (limit: number) => Promise<number>) => Promise<number>): Promise<void> {
    await this.handlers.sweep();
    await this.jobs.refresh();
    await this.events.sweep(allOf);
    await allOf((limit) => this.jobs.sweep(fireRetention, limit));
  }

  private deliver(ticks = false): void {
    this.delivery.pump(ticks).catch((error: unknown) => this.options.logger.warn(`Events could not be delivered: ${String(error)}`));
  }
}
