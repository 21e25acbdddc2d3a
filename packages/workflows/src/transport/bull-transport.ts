import { createHash } from "node:crypto";
import type { ConnectionOptions, Queue, Worker } from "bullmq";
import type { DueDelivery, EventTransport, TransportServices, TransportSubscriber } from "./event-transport";

/** How deliveries travel by BullMQ. */
export interface BullTransportOptions {
  /** Such as `redis://user:password@localhost:6379/0`; `rediss:` for TLS. */
  redisUrl: string;
  /** More options, as `ioredis` takes them. */
  redisOptions?: Record<string, unknown>;
  /** What the address is called where it is set, for messages; `redisUrl` by default. */
  setting?: string;
  /** Begins the keys in Redis; `velella` by default. */
  prefix?: string;
  /** Seconds after which a delivery that nobody claimed is sent again, because Redis may have lost it; 30 by default. */
  resendSeconds?: number;
}

/** What travels: the rest stands in PostgreSQL. */
type Message = Pick<DueDelivery, "id" | "attempts">;

interface Line {
  /** The name of its queue. */
  name: string;
  queue: Queue<Message>;
  worker: Worker<Message>;
  /** Whether Redis has answered: before that, what it is asked waits without end. */
  isReady: boolean;
}

/** Deliveries of one subscriber. */
const sentAtOnce = 500;
const defaultResend = 30;
const sayAgainMs = 60_000;
/** Seconds without a sign of life from a worker after which BullMQ gives what it had to another one. */
const longestHeld = 10;
// BullMQ's greatest.
const lowestPriority = 2_097_152;

/**
 * Carries deliveries by BullMQ, for those who run Redis already: a queue per subscriber, so that none waits for another. Where
 * processes have a subscriber for different events, as in a deploy, each kind of them has a queue of its own.
 * Redis holds ids only, and may lose them: what was not claimed in time is sent again from the outbox. Needs `bullmq`
 * and `ioredis` to be installed.
 */
export function createBullTransport(options: BullTransportOptions): EventTransport {
  return new BullTransport(options);
}

class BullTransport implements EventTransport {
  private services: TransportServices | undefined;
  private readonly lines = new Map<string, Line>();
  /** What was said as a warning, and when. */
  private readonly said = new Map<string, number>();

  constructor(private readonly options: BullTransportOptions) {}

  async start(services: TransportServices): Promise<void> {
    this.services = services;
    this.openLines(services);
  }

  async carry(): Promise<boolean> {
    const { services } = this;
    if (!services) return false;
    this.openLines(services);
    const ready = [...this.lines].flatMap(([id, { isReady }]) => (isReady ? id : []));
    const due = await services.handOver(ready, sentAtOnce, this.options.resendSeconds ?? defaultResend);
    const subscribers = new Set(due.map(({ subscriber }) => subscriber));
    await Promise.all(
      [...subscribers].map((id) =>
        this.send(
          id,
          due.filter(({ subscriber }) => subscriber === id),
        ),
      ),
    );
    return due.length >= sentAtOnce;
  }

  async stop(): Promise<void> {
    this.services = undefined;
    const lines = [...this.lines.values()];
    this.lines.clear();
    await Promise.all(lines.map(close));
  }

  /** While Redis is away nothing is sent, and nothing waits: it is due again in a while. */
  private async send(subscriber: string, deliveries: DueDelivery[]): Promise<void> {
    const line = this.lines.get(subscriber);
    const jobs = deliveries.map(({ id, event, attempts, priority }) => ({
      name: event,
      data: { id, attempts },
      // The same delivery twice is one, as long as the first is on its way.
      opts: { jobId: digest(`${id} ${attempts}`), priority: Math.min(Math.max(priority, 0), lowestPriority) },
    }));
    try {
      await line?.queue.addBulk(jobs);
    } catch (error) {
      this.warn(`Events could not be handed to Redis, and will be again: ${String(error)}`);
    }
  }

  private cannotBeUsed(error: Error & { code?: string }): void {
    const { redisUrl, setting = "redisUrl" } = this.options;
    const address = redisUrl.replace(/^(\w+:\/\/)[^@/]*@/, "$1***@");
    this.warn(
      `Redis, which carries events, cannot be used at ${address} (${setting}): ${error.message || error.code || String(error)}. Events wait in the outbox until it is there.`,
    );
  }

  /** Says the same once a minute: each line tries again and again, and they all fail for one reason. */
  private warn(message: string): void {
    const now = performance.now();
    for (const [said, at] of this.said) if (now - at > sayAgainMs) this.said.delete(said);
    if (this.said.has(message)) return;
    this.said.set(message, now);
    this.services?.logger.warn(message);
  }

  private openLines(services: TransportServices): void {
    const subscribers = new Map(services.subscribers().map((subscriber) => [subscriber.id, subscriber]));
    for (const [id, line] of this.lines) {
      const subscriber = subscribers.get(id);
      if (subscriber && queueNameOf(subscriber) === line.name) continue;
      this.lines.delete(id);
      close(line).catch((error: unknown) => services.logger.warn(`Redis, which carried events to subscriber "${id}": ${String(error)}`));
    }
    for (const [id, subscriber] of subscribers) {
      if (!this.lines.has(id)) this.lines.set(id, this.openLine(subscriber, services));
    }
  }

  private openLine(subscriber: TransportSubscriber, services: TransportServices): Line {
    // Loaded where it is used only: most have no Redis.
    const { Queue: BullQueue, Worker: BullWorker } = require("bullmq") as typeof import("bullmq");
    const { redisUrl, redisOptions, prefix = "velella", resendSeconds = defaultResend } = this.options;
    const { concurrency } = subscriber;
    const name = queueNameOf(subscriber);
    const connection = (more: object): ConnectionOptions => ({ url: redisUrl, ...redisOptions, ...more });
    const queue = new BullQueue<Message>(name, {
      prefix,
      // Who emits must not wait for a Redis that is away.
      connection: connection({ maxRetriesPerRequest: 1, enableOfflineQueue: false }),
      // How a delivery ended stands in PostgreSQL.
      defaultJobOptions: { attempts: 1, removeOnComplete: true, removeOnFail: true },
    });
    const take = async ({ data }: { data: Message }) => {
      const task = await services.accept(data);
      if (task) await services.begin(task);
    };
    // What a killed process had in its hands is to be had again soon. Once more at once does no harm: PostgreSQL knows who has it.
    const held = Math.min(resendSeconds, longestHeld) * 1000;
    const worker = new BullWorker<Message>(name, take, {
      prefix,
      concurrency,
      lockDuration: held,
      stalledInterval: held,
      connection: connection({ maxRetriesPerRequest: null }),
    });
    // BullMQ reconnects by itself; without listeners an error would end the process.
    const complain = (error: Error) => this.cannotBeUsed(error);
    queue.on("error", complain);
    worker.on("error", complain);
    const line = { name, queue, worker, isReady: false };
    queue.waitUntilReady().then(() => this.begin(line), complain);
    return line;
  }

  /** What is due to a line that has just become ready was passed over until now. */
  private async begin(line: Line): Promise<void> {
    line.isReady = true;
    try {
      while (await this.carry());
    } catch (error) {
      // The next look does it.
      this.warn(`Events could not be handed to Redis, and will be again: ${String(error)}`);
    }
  }
}

/** Names in Redis have no colons. Who takes other events must not get these, or they were late by a resend. */
function queueNameOf({ id, events }: TransportSubscriber): string {
  return `events-${id.replace(/[^\w.-]/g, "_")}-${digest(JSON.stringify([id, events])).slice(0, 8)}`;
}

async function close({ queue, worker, isReady }: Line): Promise<void> {
  // Any question fails at once where the connection is lost.
  const isThere =
    isReady &&
    (await queue.isPaused().then(
      () => true,
      () => false,
    ));
  // A worker that is let end its work waits for a Redis that is away; what it has at hand, the engine waits for.
  await worker.close(!isThere);
  await queue.close();
}

const digest = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, 22);
