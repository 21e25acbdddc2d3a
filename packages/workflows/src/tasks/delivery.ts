import type { Logger } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import type { EventTransport, TransportServices } from "../transport/event-transport";
import type { Jobs } from "./jobs";
import type { Subscribers } from "./subscribers";
import type { ClaimedTask, TaskStore } from "./task-store";

export interface DeliveryOptions {
  store: TaskStore;
  subscribers: Subscribers;
  jobs: Jobs;
  transport: EventTransport;
  logger: Logger;
  /** How often an event is tried with a subscriber that fails. */
  maxAttempts: number;
  /** Seconds before the second attempt; doubled for each further one, up to an hour. */
  backoffSeconds: number;
}

const tickOf = ({ tick }: ClaimedTask) => tick ?? new Date();
const perSubscriber = 5;
const routedAtOnce = 200;

/** Takes events and ticks to those who handle them. */
export class Delivery {
  /** Tasks at work, by target. */
  private readonly working = new Map<string, Set<Promise<void>>>();
  /** Their ids. */
  private readonly atWork = new Set<string>();
  private started = false;
  private running: Promise<void> | undefined;
  private again = false;
  private ticks = false;

  constructor(
    private readonly options: DeliveryOptions,
    /** Called when a failed task is due earlier than the next look. */
    private readonly wakeIn: (seconds: number) => void,
  ) {}

  async start(): Promise<void> {
    this.started = true;
    await this.options.transport.start(this.services());
  }

  /** Takes no more tasks, and waits for those at work. */
  async stop(): Promise<void> {
    if (!this.started) return;
    this.started = false;
    await this.running;
    await this.options.transport.stop();
    await Promise.all([...this.working.values()].flatMap((tasks) => [...tasks]));
  }

  /** The tasks that are at work here. */
  ids(): string[] {
    return [...this.atWork];
  }

  /**
   * Routes what is in the outbox, and starts what is due. Returns when there is no more to start.
   *
   * @param ticks Whether ticks of jobs may be due, too.
   */
  async pump(ticks: boolean): Promise<void> {
    if (!this.started) return;
    this.again = true;
    this.ticks ||= ticks;
    this.running ??= this.pumpAll().finally(() => (this.running = undefined));
    await this.running;
  }

  private async pumpAll(): Promise<void> {
    while (this.again && this.started) {
      this.again = false;
      const { store, subscribers, maxAttempts, transport } = this.options;
      const routed = await store.route(subscribers.subscriptions(), maxAttempts, routedAtOnce);
      const more = this.started && (await transport.carry());
      if (routed === routedAtOnce || more) this.again = true;
      if (this.ticks && this.started) await this.claimTicks();
    }
  }

  private async claimTicks(): Promise<void> {
    this.ticks = false;
    const idle = this.options.jobs.list().filter(({ name }) => !this.countOf(`job:${name}`));
    const tasks = await this.options.store.claim(new Map(idle.map(({ name }) => [`job:${name}`, 1])));
    for (const task of tasks) void this.begin(task);
  }

  private services(): TransportServices {
    const { store, subscribers, logger } = this.options;
    return {
      logger,
      subscribers: () =>
        subscribers.list().map(({ id, concurrency = perSubscriber }) => ({ id, concurrency, working: this.countOf(`event:${id}`) })),
      claim: (room) => store.claim(new Map([...room].map(([id, slots]) => [`event:${id}`, slots]))),
      handOver: async (ids, limit, seconds) =>
        (
          await store.handOver(
            ids.map((id) => `event:${id}`),
            limit,
            seconds,
          )
        ).map(({ target, ...due }) => ({ ...due, subscriber: nameOf(target) })),
      accept: ({ id, attempts }) => store.accept(id, attempts),
      begin: (task) => this.begin(task),
    };
  }

  private countOf(target: string): number {
    return this.working.get(target)?.size ?? 0;
  }

  private begin(task: ClaimedTask): Promise<void> {
    const { target } = task;
    const working = this.working.get(target) ?? new Set();
    this.working.set(target, working);
    this.atWork.add(task.id);
    const work = this.work(task)
      .catch((error: unknown) => this.options.logger.error(`Task ${task.id} could not be put on record`, error))
      .finally(() => {
        const wasFull = working.size >= perSubscriber - 1;
        working.delete(work);
        this.atWork.delete(task.id);
        const isJob = target.startsWith("job:");
        // There may be more for this one than it had room for.
        if (wasFull || isJob) void this.pump(isJob).catch(this.complain);
      });
    working.add(work);
    return work;
  }

  private async work(task: ClaimedTask): Promise<void> {
    const { store, jobs, backoffSeconds, logger } = this.options;
    const name = nameOf(task.target);
    const isJob = task.target.startsWith("job:");
    try {
      await (isJob ? jobs.get(name)?.handler({ name, tick: tickOf(task) }) : this.deliver(name, task));
    } catch (error) {
      if (isJob) {
        await patiently(() => jobs.record(name, tickOf(task), error));
        // The next tick is the next attempt; what happened is in the history.
        logger.error(`Job "${name}" failed`, error);
        return patiently(() => store.complete(task));
      }
      const seconds = Math.min(backoffSeconds * 2 ** (task.attempts - 1), 3600);
      const next = await patiently(() => store.fail(task, error, seconds));
      const event = `event "${task.event?.name}" (${task.event?.id})`;
      if (next === "again") this.wakeIn(seconds);
      logger.error(
        next === "again"
          ? `Subscriber "${name}" failed on ${event}, attempt ${task.attempts} of ${task.maxAttempts}; next in ${seconds} s`
          : `Subscriber "${name}" failed on ${event} ${task.attempts} times; it is put aside as dead`,
        error,
      );
      return undefined;
    }
    if (isJob) await patiently(() => jobs.record(name, tickOf(task)));
    return patiently(() => store.complete(task));
  }

  private deliver(subscriber: string, { event }: ClaimedTask): unknown {
    return event && this.options.subscribers.get(subscriber)?.handler(event);
  }

  private readonly complain = (error: unknown): void => this.options.logger.error("Tasks could not be claimed", error);
}

const nameOf = (target: string): string => target.slice(target.indexOf(":") + 1);
