import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";
import PgBoss from "pg-boss";
import { openEngine } from "./velella.mjs";

const require = createRequire(import.meta.url);
const { generateId } = require("@velella/kernel");

const concurrency = 50;

/** Resolves a promise per event when its handler has got it. */
class Arrivals {
  waiting = new Map();

  /** Emits an event with a new id; resolves when it has arrived. */
  emit(send) {
    const id = generateId();
    const arrived = new Promise((resolve) => this.waiting.set(id, resolve));
    return Promise.all([send(id), arrived]);
  }

  arrive(id) {
    this.waiting.get(id)?.();
    this.waiting.delete(id);
  }
}

/** The outbox of this engine. */
export async function openOutbox(url) {
  const arrivals = new Arrivals();
  const { engine, close } = await openEngine({ url });
  engine.subscribers.add({ id: "bench", events: ["bench"], concurrency, handler: ({ data }) => arrivals.arrive(data.id) });
  await engine.start();
  return { emit: () => arrivals.emit((id) => engine.events.emit({ name: "bench", data: { id } })), close };
}

/** BullMQ on Redis, which acknowledges from memory. */
export async function openBullMq(redisUrl) {
  const arrivals = new Arrivals();
  const name = `velella-bench-${randomBytes(6).toString("hex")}`;
  const connections = [1, 2].map(() => new Redis(redisUrl, { maxRetriesPerRequest: null }));
  const [forQueue, forWorker] = connections;
  const queue = new Queue(name, { connection: forQueue, defaultJobOptions: { removeOnComplete: true } });
  const worker = new Worker(name, async ({ data }) => arrivals.arrive(data.id), { connection: forWorker, concurrency });
  await worker.waitUntilReady();
  return {
    emit: () => arrivals.emit((id) => queue.add("bench", { id })),
    async close() {
      await worker.close();
      await queue.obliterate({ force: true });
      await queue.close();
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** pg-boss on the same database, looking for work as often as it lets itself. */
export async function openPgBoss(url, poolSize) {
  const arrivals = new Arrivals();
  const boss = new PgBoss({ connectionString: url, max: poolSize });
  boss.on("error", console.error);
  await boss.start();
  await boss.createQueue("bench");
  await boss.work("bench", { batchSize: concurrency, pollingIntervalSeconds: 0.5 }, async (jobs) => {
    for (const { data } of jobs) arrivals.arrive(data.id);
  });
  return { emit: () => arrivals.emit((id) => boss.send("bench", { id })), close: () => boss.stop({ graceful: false, wait: false }) };
}
