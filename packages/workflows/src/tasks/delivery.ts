import type { Logger } from "@velella/kernel";
import { patiently } from "../connection/patiently";
import type { Jobs } from "./jobs";
import type { Subscribers } from "./subscribers";
import type { ClaimedTask, TaskStore } from "./task-store";

export interface DeliveryOptions {
  store: TaskStore;
  subscribers: Subscribers;
  jobs: Jobs;
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

  constructor(
    private readonly options: DeliveryOptions,
    /** Called when a failed task is due earlier than the next look. */
    private readonly wakeIn: (seconds: number) => void,
  ) {}

  start(): void {
    this.started = true;
  }

  /** Takes no more tasks, and waits for those at work. */
  async stop(): Promise<void> {
    this.started = false;
    await this.running;
    await Promise.all([...this.working.values()].flatMap((tasks) => [...tasks]));
  }

  /** The tasks that are at work here. */
  ids(): string[] {
    return [...this.atWork];
  }

  /** Routes what is in the outbox, and starts what is due. Returns when there is no more to start. */
  async pump(): Promise<void> {
    if (!this.started) return;
    this.again = true;
    this.running ??= this.pumpAll().finally(() => (this.running = undefined));
    await this.running;
  }

  private async pumpAll(): Promise<void> {
    while (this.again && this.started) {
      this.again = false;
      const { store, subscribers, maxAttempts } = this.options;
      const routed = await store.route(subscribers.subscriptions(), maxAttempts, routedAtOnce);
      const room = this.room();
      const tasks = this.started ? await store.claim(room) : [];
      for (const task of tasks) this.startTask(task);
      if (routed === routedAtOnce || tasks.length) this.again = true;
    }
  }

  private room(): Map<string, number> {
    const room = new Map<string, number>();
    const add = (target: string, limit: number) => {
      const free = limit - (this.working.get(target)?.size ?? 0);
      if (free > 0) room.set(target, free);
    };
    for (const { id, concurrency } of this.options.subscribers.list()) add(`event:${id}`, concurrency ?? perSubscriber);
    for (const { name } of this.options.jobs.list()) add(`job:${name}`, 1);
    return room;
  }

  private startTask(task: ClaimedTask): void {
    const { target } = task;
    const working = this.working.get(target) ?? new Set();
    this.working.set(target, working);
    this.atWork.add(task.id);
    const wasFull = () => working.size >= perSubscriber - 1;
    const work = this.work(task)
      .catch((error: unknown) => this.options.logger.error(`Task ${task.id} could not be put on record`, error))
      .finally(() => {
        const full = wasFull();
        working.delete(work);
        this.atWork.delete(task.id);
        // There may be more for this one than it had room for.
        if (full || target.startsWith("job:")) void this.pump().catch(this.complain);
      });
    working.add(work);
  }

  private async work(task: ClaimedTask): Promise<void> {
    const { store, jobs, backoffSeconds, logger } = this.options;
    const name = task.target.slice(task.target.indexOf(":") + 1);
    const isJob = task.target.startsWith("job:");
    try {
      await (isJob ? jobs.get(name)?.handler({ name, tick: tickOf(task) }) : this.deliver(name, task));
    } catch (error) {
      if (isJob) await patiently(() => jobs.record(name, tickOf(task), error));
      const seconds = Math.min(backoffSeconds * 2 ** (task.attempts - 1), 3600);
      if (isJob) {
        // The next tick is the next attempt; what happened is in the history.
        logger.error(`Job "${name}" failed`, error);
        return patiently(() => store.complete(task));
      }
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
