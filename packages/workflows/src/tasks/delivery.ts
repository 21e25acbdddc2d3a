import type { Logger } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import type { EventTransport, TransportServices } from "../transport/event-transport";
import { backoffSeconds } from "../options/event-options";
import type { Target } from "../rows/task-row";
import type { EventRouter } from "./event-router";
import type { Jobs } from "./jobs";
import type { Subscribers } from "./subscribers";
import type { ClaimedTask, DeliveredEvent } from "../transport/claimed-task";
import { isJob, jobTarget, nameOf, subscriberTarget } from "./target";
import type { TaskStore } from "./task-store";

/** What {@link Delivery} works with. */
export interface DeliveryOptions {
  store: TaskStore;
  router: EventRouter;
  subscribers: Subscribers;
  jobs: Jobs;
  transport: EventTransport;
  logger: Logger;
  /** Seconds before the second attempt of an event that does not say; doubled for each further one, up to an hour. */
  firstBackoff: number;
}

const tickOf = ({ tick }: ClaimedTask) => tick ?? new Date();
/** Ticks of one job that are at work here at once, where they may be. */
const perJob = 20;
const routedAtOnce = 200;

/** Takes events and ticks to those who handle them. */
export class Delivery {
  /** Tasks at work, by target. */
  private readonly working = new Map<Target, Set<Promise<void>>>();
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
    /** Called when tasks were made for subscribers that are not here. */
    private readonly tellOthers: () => void,
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
    this.running ??= this.pumpAll();
    await this.running;
  }

  private async pumpAll(): Promise<void> {
    try {
      while (this.again && this.started) {
        this.again = false;
        const { router, transport } = this.options;
        const { routed, elsewhere } = await router.route(routedAtOnce);
        if (elsewhere) this.tellOthers();
        const more = this.started && (await transport.carry());
        if (routed === routedAtOnce || more) this.again = true;
        if (this.ticks && this.started) await this.claimTicks();
      }
    } finally {
      // At once: whoever calls after this is to begin anew, not to wait for what has ended.
      this.running = undefined;
    }
  }

  private async claimTicks(): Promise<void> {
    this.ticks = false;
    const free = this.options.jobs.list().map(({ name, concurrency }) => {
      const target = jobTarget(name);
      return { target, slots: (concurrency === "allow" ? perJob : 1) - this.countOf(target), events: null };
    });
    const tasks = await this.options.store.claim(free.filter(({ slots }) => slots > 0));
    for (const task of tasks) void this.begin(task);
  }

  private services(): TransportServices {
    const { store, subscribers, logger } = this.options;
    return {
      logger,
      subscribers: () => subscribers.lines().map((line) => ({ ...line, working: this.countOf(subscriberTarget(line.id)) })),
      claim: (room) =>
        store.claim(
          subscribers.lines().flatMap(({ id, events }) => {
            const slots = room.get(id);
            return slots === undefined ? [] : { target: subscriberTarget(id), slots, events };
          }),
        ),
      handOver: async (ids, limit, seconds) => {
        const lines = subscribers.lines().filter(({ id }) => ids.includes(id));
        const rooms = lines.map(({ id, events }) => ({ target: subscriberTarget(id), events }));
        const due = await store.handOver(rooms, limit, seconds);
        return due.map(({ target, ...delivery }) => ({ ...delivery, subscriber: nameOf(target) }));
      },
      accept: ({ id, attempts }) => store.accept(id, attempts),
      begin: (task) => this.begin(task),
    };
  }

  private countOf(target: Target): number {
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
        const isTick = isJob(target);
        const wasFull = !isTick && working.size >= this.options.subscribers.concurrencyOf(nameOf(target));
        working.delete(work);
        this.atWork.delete(task.id);
        // There may be more for this one than it had room for, or something that had to wait for this.
        if (wasFull || isTick || task.isOrdered) void this.pump(isTick).catch(this.complain);
      });
    working.add(work);
    return work;
  }

  private async work(task: ClaimedTask): Promise<void> {
    const name = nameOf(task.target);
    if (isJob(task.target)) return this.runJob(name, task);
    const { store, subscribers } = this.options;
    const { event } = task;
    // Its event is gone, which nothing but a person's hand removes before its deliveries.
    if (!event) return patiently(() => store.complete(task));
    const subscriber = subscribers.find(name, event.name);
    // Removed in this moment: others may have it.
    if (!subscriber) return patiently(() => store.giveBack(task));
    try {
      await subscriber.handler(event);
    } catch (error) {
      return this.deliveryFailed(name, event, task, error);
    }
    return patiently(() => store.complete(task));
  }

  private async deliveryFailed(subscriber: string, { id, name }: DeliveredEvent, task: ClaimedTask, error: unknown): Promise<void> {
    const { store, logger } = this.options;
    const seconds = backoffSeconds(task.backoff, task.attempts, this.options.firstBackoff);
    const next = await patiently(() => store.fail(task, error, seconds));
    if (next === "again") this.wakeIn(seconds);
    logger.error(
      next === "again"
        ? `Subscriber "${subscriber}" failed on event "${name}" (${id}), attempt ${task.attempts} of ${task.maxAttempts}; next in ${seconds} s`
        : `Subscriber "${subscriber}" failed on event "${name}" (${id}) ${task.attempts} times; it is put aside as dead`,
      error,
    );
  }

  private async runJob(name: string, task: ClaimedTask): Promise<void> {
    const { store, jobs } = this.options;
    // Removed in this moment: others may have it.
    if (!jobs.get(name)) return patiently(() => store.giveBack(task));
    await jobs.run(name, tickOf(task));
    return patiently(() => store.complete(task));
  }

  private readonly complain = (error: unknown): void => this.options.logger.error("Tasks could not be claimed", error);
}
