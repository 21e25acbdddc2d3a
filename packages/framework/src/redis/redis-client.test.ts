import { silentLogger } from "@velella/kernel";
import { expect, test } from "vitest";
import { checkRedis, createRedisClient } from "./redis-client";

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
