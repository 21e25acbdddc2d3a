import { silentLogger } from "@velella/kernel";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
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

test("a server that takes connections and answers nothing is one that does not answer", async () => {
  const server = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(server, "listening");
  const redisUrl = `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createRedisClient("The cache", { redisUrl, redisOptions: { commandTimeout: 200 } }, silentLogger());
  try {
    await expect(client.get("a")).rejects.toThrow("Command timed out");
    await expect(
      checkRedis("The cache", { redisUrl, redisOptions: { commandTimeout: 200, disconnectTimeout: 100 } }),
    ).rejects.toMatchObject({
      reason: "redis.unreachable",
    });
  } finally {
    client.disconnect();
    server.close();
  }
});

test.runIf(redisUrl)("a connection that the network swallowed is made anew", async () => {
  const address = new URL(redisUrl as string);
  const { hostname, port } = new URL(address);
  let connections = 0;
  const proxy = createServer((near) => {
    const far = connect(Number(port || 6379), hostname);
    const isSwallowed = ++connections === 1;
    // The first one works until it is asked for the key.
    near.on("data", (data) => void (isSwallowed && data.includes("swallowed") ? undefined : far.write(data)));
    far.on("data", (data) => void near.write(data));
    for (const socket of [near, far])
      socket.on("error", () => undefined).on("close", () => [near, far].forEach((other) => other.destroy()));
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  Object.assign(address, { hostname: "127.0.0.1", port: String((proxy.address() as AddressInfo).port) });
  const client = createRedisClient("The cache", { redisUrl: address.href }, silentLogger());
  try {
    await expect(client.get("test:swallowed")).rejects.toThrow("Command timed out");
    await sleep(1_200);
    expect(await client.get("test:swallowed")).toBeNull();
    expect(connections).toBe(2);
  } finally {
    client.disconnect();
    proxy.close();
  }
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
  expect(await client.enter(1, first, "a", 1500)).toEqual(["a"]);
  expect(await client.enter(1, first, "b", 5000)).toEqual(["a", "b"]);
  expect(await client.enter(1, second, "endless", 0)).toEqual(["endless"]);
  await sleep(1600);
  expect(await client.enter(1, first, "c", 100)).toEqual(["c", "b"]);
  expect(await client.enter(1, second, "short", 20)).toEqual(["short", "endless"]);
  await vi.waitFor(async () => expect(await client.exists(first)).toBe(0), { timeout: 20_000 });
  expect([await client.exists(second), await client.del(second)]).toEqual([1, 1]);
  client.disconnect();
});
