import { randomUUID } from "node:crypto";
import { createConnection } from "@velella/data";
import { createAppRegistries, silentLogger } from "@velella/kernel";
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
  expect(() => eventTransportOf(projectConfig({ eventTransport: "redis" }).projectConfig)).toThrow(
    'projectConfig.eventTransport needs the option "redisUrl"',
  );
  expect(() => projectConfig({ eventTransport: "pigeons" })).toThrow("projectConfig.eventTransport");
});

test.runIf(redisUrl)("an app whose config says Redis has its events carried by it", async () => {
  const database = await createTestDatabase();
  const connection = createConnection({ url: database.url });
  const redisPrefix = `test-${randomUUID()}`;
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
  const config = projectConfig({ eventTransport: "redis", redisUrl, redisPrefix });
  const { container, engine } = assembleContainer(config, open, createAppRegistries(), silentLogger(), true);
  const redis = createRedisClient("The test", { redisUrl: redisUrl as string }, silentLogger());
  try {
    await engine.migrate();
    const bus = container.resolve<EventBusService>("event_bus");
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
    await connection.close();
    await database.drop();
  }
});
