import { silentLogger } from "@velella/kernel";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { expiringIndex } from "./expiring-index";
import { checkRedis, createRedisClient } from "./redis-client";
import { redisUrlForTests } from "./testing/redis-url";

const redisUrl = await redisUrlForTests();

test("a server that does not answer is named, without its password", async () => {
  const failure = await checkRedis("The lock provider", { redisUrl: "redis://user:hunter2@127.0.0.1:1" }).catch(
    (error: unknown) => error as Error,
  );
  expect((failure as Error).message).toMatch(/^The lock provider cannot reach Redis at redis:\/\/\*\*\*@127\.0\.0\.1:1: .*ECONNREFUSED/);
});

test("an address is needed", async () => {
  const nothing = {} as { redisUrl: string };
  await expect(checkRedis("The cache", nothing)).rejects.toThrow(
    'The cache needs the option "redisUrl", such as "redis://localhost:6379"; nothing came.',
  );
  expect(() => createRedisClient("The cache", { redisUrl: "" }, silentLogger())).toThrow('""');
});

test.runIf(redisUrl)("an index of expiring keys neither keeps what has expired nor outlives its last member", async () => {
  const scripts = { enter: { lua: `${expiringIndex}\n enter(KEYS[1], ARGV[1], tonumber(ARGV[2])) return members(KEYS[1])` } };
  const client = createRedisClient("The test", { redisUrl: redisUrl as string }, silentLogger(), scripts);
  const [first, second] = [`test:${randomUUID()}`, `test:${randomUUID()}`];
  expect(await client.enter(1, first, "a", 500)).toEqual(["a"]);
  expect(await client.enter(1, first, "b", 2500)).toEqual(["a", "b"]);
  expect(await client.enter(1, second, "endless", 0)).toEqual(["endless"]);
  await sleep(600);
  expect(await client.enter(1, first, "c", 100)).toEqual(["c", "b"]);
  expect(await client.enter(1, second, "short", 20)).toEqual(["short", "endless"]);
  await vi.waitFor(async () => expect(await client.exists(first)).toBe(0), { timeout: 10_000 });
  expect([await client.exists(second), await client.del(second)]).toEqual([1, 1]);
  client.disconnect();
});
