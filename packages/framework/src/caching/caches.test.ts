import { silentLogger } from "@velella/kernel";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { redisUrlForTests } from "../redis/testing/redis-url";
import { CacheService } from "./cache-service";
import type { PatternCache } from "./caching-provider";
import { MemoryCache } from "./memory-cache";
import { RedisCache } from "./redis-cache";
import redisCacheModule from "./redis-cache-module";

interface Kind {
  name: string;
  /** Why it cannot be tested here. */
  missing?: string;
  open(): PatternCache;
}

const redisUrl = await redisUrlForTests();
const kinds: Kind[] = [
  { name: "memory", open: () => new MemoryCache() },
  {
    name: "Redis",
    ...(redisUrl ? {} : { missing: "no Redis runs here and REDIS_URL is not set" }),
    open: () => new RedisCache({ redisUrl: redisUrl as string, prefix: `test:${randomUUID()}:` }, silentLogger()),
  },
];

for (const { name, missing, open } of kinds) {
  describe.skipIf(missing)(`caches: ${name}${missing ? ` (${missing})` : ""}`, () => {
    let cache: PatternCache;
    beforeEach(() => {
      cache = open();
    });
    afterEach(async () => {
      await cache.clear({});
      await cache.dispose?.();
    });

    test("what was kept is given as a copy, for its time", async () => {
      const data = { id: "a", at: new Date(0), list: [1, "zwei", null] };
      await cache.set({ key: "a", data });
      expect(await cache.get({ key: "a" })).toEqual({ id: "a", at: "1970-01-01T00:00:00.000Z", list: [1, "zwei", null] });
      (data.list as unknown[]).push("later");
      ((await cache.get({ key: "a" })) as typeof data).list.push("changed");
      expect(((await cache.get({ key: "a" })) as typeof data).list).toHaveLength(3);
      await cache.set({ key: "a", data: [] });
      expect(await cache.get({ key: "a" })).toEqual([]);
      expect(await cache.get({ key: "b" })).toBeNull();

      await cache.set({ key: "endless", data: 2, ttl: 0, tags: ["t"] });
      await cache.set({ key: "short", data: 1, ttl: 2, tags: ["t"] });
      expect(await cache.get({ key: "short" })).toBe(1);
      await sleep(2100);
      expect(await cache.get({ key: "short" })).toBeNull();
      expect(await cache.get({ tags: ["t"] })).toEqual([2]);
      await expect(cache.set({ key: "odd", data: 1, ttl: -1 })).rejects.toThrow('"ttl" of a cache is a number of seconds, not -1.');
    });

    test("tags: what has any of them is found and forgotten", async () => {
      await cache.set({ key: "one", data: 1, tags: ["Product:1", "Product:list:*"] });
      await cache.set({ key: "two", data: 2, tags: ["Product:2", "Product:list:*"] });
      await cache.set({ key: "brand", data: 3, tags: ["Brand:1"] });
      const sorted = async (tags: string[]) => ((await cache.get({ tags })) as number[] | null)?.toSorted((a, b) => a - b);
      expect(await sorted(["Product:list:*"])).toEqual([1, 2]);
      expect(await sorted(["Product:1", "Brand:1", "None"])).toEqual([1, 3]);
      expect(await cache.get({ tags: ["None"] })).toBeNull();
      await cache.clear({ tags: ["Product:1", "None"] });
      expect([await cache.get({ key: "one" }), await cache.get({ key: "two" })]).toEqual([null, 2]);
      expect(await sorted(["Product:list:*"])).toEqual([2]);
      await cache.clear({ tags: ["Product:list:*"] });
      expect([await cache.get({ key: "two" }), await cache.get({ key: "brand" })]).toEqual([null, 3]);
    });

    test("an entry that is kept again has the new tags alone", async () => {
      await cache.set({ key: "a", data: 1, tags: ["old", "both"] });
      await cache.set({ key: "a", data: 2, tags: ["new", "both"] });
      expect(await cache.get({ tags: ["old"] })).toBeNull();
      await cache.clear({ tags: ["old"] });
      expect(await cache.get({ key: "a" })).toBe(2);
      await cache.clear({ tags: ["both"] });
      expect(await cache.get({ key: "a" })).toBeNull();
    });

    test("entries that are not to follow changes are spared on request; without key and tags everything is meant", async () => {
      const tags = ["Product:1"];
      await cache.set({ key: "follows", data: 1, tags });
      await cache.set({ key: "stays", data: 2, tags, options: { autoInvalidate: false } });
      await cache.set({ key: "other", data: 3 });
      await cache.clear({ tags, options: { autoInvalidate: true } });
      expect([await cache.get({ key: "follows" }), await cache.get({ key: "stays" })]).toEqual([null, 2]);
      await cache.clear({ key: "stays", options: { autoInvalidate: true } });
      await cache.clear({ tags: [] });
      expect(await cache.get({ key: "stays" })).toBe(2);
      await cache.clear({ options: { autoInvalidate: true } });
      expect([await cache.get({ key: "stays" }), await cache.get({ key: "other" })]).toEqual([2, null]);
      await cache.clear({ tags });
      expect(await cache.get({ key: "stays" })).toBeNull();
      await cache.set({ key: "last", data: 4, options: { autoInvalidate: false } });
      await cache.clear({});
      expect(await cache.get({ key: "last" })).toBeNull();
    });

    test("the simple cache: get, set and invalidate, also by pattern", async () => {
      const simple = new CacheService(cache);
      expect(await simple.get("a")).toBeNull();
      await simple.set("list:1", { n: 1 }, 60);
      await simple.set("list:[2]", { n: 2 });
      await simple.set("other", "text", 2);
      expect([await simple.get("other"), await simple.get("list:1")]).toEqual(["text", { n: 1 }]);
      await sleep(2100);
      expect(await simple.get("other")).toBeNull();
      await simple.invalidate("list:1");
      expect([await simple.get("list:1"), await simple.get("list:[2]")]).toEqual([null, { n: 2 }]);
      await simple.set("mylist:3", 3);
      await simple.invalidate("list:[*");
      expect([await simple.get("list:[2]"), await simple.get("mylist:3")]).toEqual([null, 3]);
    });
  });
}

test("the cache in memory stays within its bounds; what is used stays longest", async () => {
  const cache = new MemoryCache({ maxEntries: 10 });
  for (let index = 0; index < 10; index++) await cache.set({ key: `k${index}`, data: index, tags: ["t"] });
  await cache.get({ key: "k0" });
  await cache.set({ key: "k10", data: 10, tags: ["t"] });
  expect([await cache.get({ key: "k0" }), await cache.get({ key: "k1" }), await cache.get({ key: "k10" })]).toEqual([0, null, 10]);
  expect((await cache.get({ tags: ["t"] })) as unknown[]).toHaveLength(9);
});

test("the simple cache on a Redis that is gone is an empty one, with a warning; invalidating fails", async () => {
  const warnings: string[] = [];
  const logger = { ...silentLogger(), warn: (line: unknown) => void warnings.push(String(line)) };
  const redisOptions = { maxRetriesPerRequest: 0, retryStrategy: () => null };
  const Service = redisCacheModule.service as unknown as new (cradle: object, options: object) => CacheService;
  const simple = new Service({ logger }, { redisUrl: "redis://127.0.0.1:1", redisOptions });
  await simple.set("a", 1);
  expect(await simple.get("a")).toBeNull();
  expect(warnings.join("\n")).toMatch(/The cache could not be written: .*[^]*The cache could not be read: /);
  await expect(simple.set("a", 1, -1)).rejects.toThrow('"ttl" of a cache is a number of seconds, not -1.');
  await expect(simple.invalidate("a")).rejects.toThrow();
  await simple.dispose();
});
