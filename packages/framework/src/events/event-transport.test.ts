import { randomUUID } from "node:crypto";
import { createConnection } from "@velella/data";
import { createAppRegistries, silentLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { assembleContainer } from "../app/assemble-container";
import { resolveConfig } from "../config/resolve-config";
import { createRedisClient } from "../redis/redis-client";
import { redisUrlForTests } from "../redis/testing/redis-url";
import type { EventBusService } from "./event-bus";
import { eventTransportOf } from "./event-transport";

const redisUrl = await redisUrlForTests();
const projectConfig = (project: object) =>
  resolveConfig("velella.config.ts", { projectConfig: { ...project, http: { jwtSecret: "s", cookieSecret: "s" } } }).config;

test("events travel by PostgreSQL unless the config says Redis, which then needs an address", () => {
  expect(eventTransportOf(projectConfig({ redisUrl: "redis://localhost:6379" }).projectConfig)).toBeUndefined();
  for (const given of [undefined, ""])
    expect(() => eventTransportOf(projectConfig({ eventTransport: "redis", redisUrl: given }).projectConfig)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('projectConfig.eventTransport needs the option "redisUrl"'),
        hint: "Set projectConfig.redisUrl, for example from the environment variable REDIS_URL.",
      }),
    );
  expect(() => projectConfig({ eventTransport: "pigeons" })).toThrow("projectConfig.eventTransport");
});

/** An app, as far as events go. */
async function assembled(project: object, logger: Logger) {
  const database = await createTestDatabase();
  const connection = createConnection({ url: database.url });
  const { url } = database;
  const open = {
    url,
    options: { url },
    connection,
    checkpoints: connection,
    embedded: false,
    sessions: true,
    close: async () => undefined,
  };
  const { container, engine } = assembleContainer(projectConfig(project), open, createAppRegistries(), logger, true);
  await engine.migrate();
  return {
    engine,
    bus: container.resolve<EventBusService>("event_bus"),
    close: async () => {
      await engine.stop();
      await connection.close();
      await database.drop();
    },
  };
}

test("where no Redis answers, one warning names the setting, and events wait", async () => {
  const warnings: string[] = [];
  const logger = { ...silentLogger(), warn: (line: string) => void warnings.push(line) } as Logger;
  const { engine, bus, close } = await assembled({ eventTransport: "redis", redisUrl: "redis://user:secret@127.0.0.1:1" }, logger);
  try {
    for (const id of ["one", "two", "three"]) bus.subscribe("waits", () => undefined, { subscriberId: id });
    let ticks = 0;
    engine.jobs.add({ name: "ticks", schedule: { interval: 50 }, handler: () => void ticks++ });
    await engine.start();
    await bus.emit({ name: "waits", data: 1 });
    const refused = () => warnings.filter((line) => line.includes("ECONNREFUSED"));
    await expect.poll(refused, { timeout: 10_000 }).not.toHaveLength(0);
    // More than one attempt of more than one line.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(refused()).toStrictEqual([
      "Redis, which carries events, cannot be used at redis://***@127.0.0.1:1 (projectConfig.redisUrl): connect ECONNREFUSED 127.0.0.1:1. " +
        "Events wait in the outbox until it is there.",
    ]);
    await expect
      .poll(async () => (await engine.events.list())[0]?.deliveries.map(({ state }) => state), { timeout: 10_000 })
      .toStrictEqual(["ready", "ready", "ready"]);
    // Nothing else waits for Redis: neither jobs nor the end of the process.
    await expect.poll(() => ticks, { timeout: 10_000 }).toBeGreaterThan(1);
    const stopped = performance.now();
    await engine.stop();
    // The time that an engine waits at most for what is at work is 20 seconds.
    expect(performance.now() - stopped).toBeLessThan(15_000);
  } finally {
    await close();
  }
});

test.runIf(redisUrl)("an app whose config says Redis has its events carried by it", async () => {
  const redisPrefix = `test-${randomUUID()}`;
  const { engine, bus, close } = await assembled({ eventTransport: "redis", redisUrl, redisPrefix }, silentLogger());
  const redis = createRedisClient("The test", { redisUrl: redisUrl as string }, silentLogger());
  try {
    const heard = new Promise((resolve) => bus.subscribe("carried", ({ data }) => resolve(data), { subscriberId: "s" }));
    await engine.start();
    await bus.emit({ name: "carried", data: { n: 1 } });
    expect(await heard).toStrictEqual({ n: 1 });
    expect((await redis.keys(`${redisPrefix}:*`)).length).toBeGreaterThan(0);
  } finally {
    await engine.stop();
    const keys = await redis.keys(`${redisPrefix}:*`);
    if (keys.length) await redis.del(keys);
    redis.disconnect();
    await close();
  }
});
