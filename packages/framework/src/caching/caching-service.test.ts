import { createConnection, managerFor } from "@velella/data";
import { createLogger } from "@velella/kernel";
import { randomUUID } from "node:crypto";
import { Writable } from "node:stream";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { setTimeout as sleep } from "node:timers/promises";
import { createRedisClient } from "../redis/redis-client";
import { CachingService } from "./caching-service";
import type { CachingSetInput } from "./caching-service";
import type { CacheEntry, CachingProvider } from "./caching-provider";
import { MemoryCache } from "./memory-cache";
import { redisUrlForTests } from "../redis/testing/redis-url";
import { RedisCache } from "./redis-cache";

const redisUrl = await redisUrlForTests();

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let connection: ReturnType<typeof createConnection>;
beforeAll(async () => {
  database = await createTestDatabase();
  connection = createConnection({ url: database.url, poolSize: 2 });
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

let log: string[];
let caching: CachingService;
const logger = createLogger({
  pretty: false,
  destination: new Writable({ write: (chunk: Buffer, _encoding, done) => (log.push(chunk.toString()), done()) }),
});
const provider = (id: string, service: CachingProvider, isDefault = false) => ({ id, identifier: id, isDefault, options: {}, service });

beforeEach(() => {
  log = [];
  caching = new CachingService({
    logger,
    cachingProviders: [provider("near", new MemoryCache()), provider("far", new MemoryCache(), true)],
  });
});

test("the default provider unless others are named, which are asked in order and may have times of their own", async () => {
  await caching.set({ key: "a", data: { n: 1 } });
  expect(await caching.get({ key: "a" })).toEqual({ n: 1 });
  expect(await caching.get({ key: "a", providers: ["near"] })).toBeNull();
  expect(await caching.get({ key: "a", providers: ["near", "far"] })).toEqual({ n: 1 });
  await caching.set({ key: "b", data: { n: 2 }, ttl: 60, providers: [{ id: "near", ttl: 0.001 }, "far"] });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect([await caching.get({ key: "b", providers: ["near"] }), await caching.get({ key: "b" })]).toEqual([null, { n: 2 }]);
  await caching.clear({ key: "b" });
  expect(await caching.get({ key: "b" })).toBeNull();
  await expect(caching.get({ key: "a", providers: ["nowhere"] })).rejects.toThrow(
    'There is no cache provider "nowhere"; there are near, far.',
  );
  await expect(caching.get({})).rejects.toThrow("caching.get needs a key or tags.");
  await expect(caching.set({ key: "", data: {} })).rejects.toThrow("caching.set needs a key.");
  await expect(caching.set({ key: "a", data: {}, ttl: Number.NaN })).rejects.toThrow("NaN");
});

test("keys do not depend on the order of properties, tags on the records inside", async () => {
  const key = await caching.computeKey({ entity: "product", filters: { b: 1, a: [{ x: 1, y: new Date(0) }] } });
  expect(await caching.computeKey({ filters: { a: [{ y: new Date(0), x: 1 }], b: 1 }, entity: "product" })).toBe(key);
  expect(await caching.computeKey({ filters: { a: [{ y: new Date(1), x: 1 }], b: 1 }, entity: "product" })).not.toBe(key);
  expect(await caching.computeKey({ list: [1, 2] })).not.toBe(await caching.computeKey({ list: [2, 1] }));

  expect(await caching.computeTags({ products: [{ id: "prod_1" }, { id: "prod_2" }] })).toEqual([
    "Product:prod_1",
    "Product:prod_2",
    "Product:list:*",
  ]);
  expect(await caching.computeTags({ product: { id: "prod_1" } })).toEqual(["Product:prod_1"]);
  expect(await caching.computeTags({ id: "cat_1" }, { entity: "product-categories", operation: "updated" })).toEqual([
    "ProductCategory:cat_1",
    "ProductCategory:list:*",
  ]);
  const nested = await caching.computeTags({ product: { id: "p", variants: [{ id: "v" }], brand: { id: "b" }, tags: ["plain"] } });
  expect(nested).toEqual(expect.arrayContaining(["Product:p", "ProductVariant:v", "Brand:b"]));
  expect(nested.some((tag) => tag.startsWith("Tag"))).toBe(false);

  // No rule knows the singular of every plural; the models do.
  caching.useModels(["Movie", "SwitchBox", "Person", "ProductVariant", "Product"]);
  const known = {
    movies: [{ id: "m", leading_person: null, people: [{ id: "p" }] }],
    switch_boxes: [],
    product: { id: "p", variants: [{ id: "v" }] },
  };
  expect(await caching.computeTags(known)).toEqual([
    "Movie:m",
    "Person:p",
    "Person:list:*",
    "Movie:list:*",
    "SwitchBox:list:*",
    "Product:p",
    "ProductVariant:v",
    "ProductVariant:list:*",
  ]);
});

test("a change of records ends what follows it, in every provider", async () => {
  await caching.set({ key: "one", data: {}, tags: ["Brand:1"], providers: ["near", "far"] });
  await caching.set({ key: "list", data: [], tags: ["Brand:list:*"] });
  await caching.set({ key: "fixed", data: {}, tags: ["Brand:1"], options: { autoInvalidate: false } });
  await caching.set({ key: "other", data: {}, tags: ["Brand:2"] });
  await caching.changed("brands", ["1"]);
  for (const key of ["one", "list"]) expect([key, await caching.get({ key, providers: ["near", "far"] })]).toEqual([key, null]);
  for (const key of ["fixed", "other"]) expect([key, await caching.get({ key })]).toEqual([key, {}]);
});

test("records found in the data become tags on request", async () => {
  await caching.set({ key: "page", data: { brands: [{ id: "b1" }] }, computeAutomaticTags: true, tags: ["mine"] });
  await caching.clear({ tags: ["Brand:b1"], options: { autoInvalidate: true } });
  expect(await caching.get({ key: "page" })).toBeNull();
});

test("what is cleared in a transaction goes with its commit, and stays when it is rolled back", async () => {
  await caching.set({ key: "a", data: { n: 1 }, tags: ["Brand:1"] });
  await connection
    .transaction(async (transaction) => {
      await caching.clear({ tags: ["Brand:1"] }, { transactionManager: managerFor(transaction) });
      throw new TypeError("rolled back");
    })
    .catch((error: Error) => expect(error.message).toBe("rolled back"));
  expect(await caching.get({ key: "a" })).toEqual({ n: 1 });
  await connection.transaction(async (transaction) => {
    await caching.clear({ tags: ["Brand:1"] }, { transactionManager: managerFor(transaction) });
    expect(await caching.get({ key: "a" })).toEqual({ n: 1 });
  });
  expect(await caching.get({ key: "a" })).toBeNull();
});

test("a cache that is out of order is an empty one, with a warning; clearing it fails", async () => {
  const gone = new RedisCache(
    { redisUrl: "redis://127.0.0.1:1", redisOptions: { maxRetriesPerRequest: 0, retryStrategy: () => null } },
    logger,
  );
  caching = new CachingService({ logger, cachingProviders: [provider("gone", gone), provider("near", new MemoryCache())] });
  await caching.set({ key: "a", data: { n: 1 }, providers: ["gone", "near"] });
  expect(await caching.get({ key: "a" })).toBeNull();
  expect(await caching.get({ key: "a", providers: ["gone", "near"] })).toEqual({ n: 1 });
  const since = await caching.moment({ providers: ["gone", "near"] });
  await caching.set({ key: "b", data: { n: 2 }, since, providers: ["gone", "near"] });
  expect(await caching.get({ key: "b", providers: ["near"] })).toEqual({ n: 2 });
  expect(log.join("")).toContain('The cache \\"gone\\" could not be read');
  await expect(caching.clear({ key: "a" })).rejects.toThrow();
  await caching.dispose();
});

/** A cache of an app's own, which knows nothing of moments, and writes late. */
class SlowCache implements CachingProvider {
  readonly cache = new MemoryCache();
  get = this.cache.get.bind(this.cache);
  clear = this.cache.clear.bind(this.cache);
  async set(entry: CacheEntry): Promise<void> {
    await sleep(30);
    await this.cache.set(entry);
  }
}

/** Two services: those of one process, or of two that share a Redis server. */
interface Pair {
  here: CachingService;
  there: CachingService;
}

const pairs: [string, () => Pair][] = [
  ["memory", () => oneProcess(new MemoryCache())],
  ["an app's own", () => oneProcess(new SlowCache())],
  ...(redisUrl ? [["Redis", () => twoProcesses(redisUrl)] as [string, () => Pair]] : []),
];

function oneProcess(service: CachingProvider): Pair {
  const one = new CachingService({ logger, cachingProviders: [provider("a", service)] });
  return { here: one, there: one };
}

function twoProcesses(url: string): Pair {
  const options = { redisUrl: url, prefix: `test:${randomUUID()}:` };
  const open = () => new CachingService({ logger, cachingProviders: [provider("a", new RedisCache(options, logger))] });
  return { here: open(), there: open() };
}

describe.each(pairs)("data that was loaded before a change: %s", (_name, open) => {
  let here: CachingService;
  let there: CachingService;
  beforeEach(() => {
    ({ here, there } = open());
    return async () => {
      await here.clear({});
      await Promise.all([here.dispose(), there.dispose()]);
    };
  });

  /** What is in the cache after data was loaded, and something happened meanwhile. */
  async function afterLoading(happens: () => Promise<void>, entry: Partial<CachingSetInput> = {}): Promise<unknown> {
    const since = await here.moment();
    await happens();
    await here.set({ key: "k", data: "old", tags: ["Brand:1", "Brand:list:*"], since, ...entry });
    return here.get({ key: "k" });
  }

  test("is not kept after it was cleared: by tag, by key, or all", async () => {
    expect(await afterLoading(() => there.changed("brand", ["1"]))).toBeNull();
    expect(await afterLoading(() => there.changed("brand", ["2"]))).toBeNull();
    expect(await afterLoading(() => there.clear({ tags: ["Brand:1"] }))).toBeNull();
    expect(await afterLoading(() => there.clear({ key: "k" }))).toBeNull();
    expect(await afterLoading(() => there.clear({}))).toBeNull();
  });

  test("is kept when something else was cleared, or what it does not follow, or it was loaded afterwards", async () => {
    const isKept = async (happens: () => Promise<void>, entry?: Partial<CachingSetInput>) => {
      expect(await afterLoading(happens, entry)).toBe("old");
      await here.clear({ key: "k" });
    };
    await isKept(async () => undefined);
    await isKept(() => there.changed("product", ["1"]));
    await isKept(() => there.clear({ key: "other" }));
    await isKept(() => there.changed("brand", ["1"]), { options: { autoInvalidate: false } });
    await isKept(() => there.clear({ options: { autoInvalidate: true } }), { options: { autoInvalidate: false } });
    expect(await afterLoading(() => there.clear({ tags: ["Brand:1"] }), { options: { autoInvalidate: false } })).toBeNull();
    await isKept(async () => undefined);
  });

  test("does not take the place of what was kept meanwhile", async () => {
    const happens = async () => {
      await there.changed("brand", ["1"]);
      await there.set({ key: "k", data: "new", tags: ["Brand:1"], since: await there.moment() });
    };
    expect(await afterLoading(happens)).toBe("new");
  });

  test("nor is it kept where it was cleared while it was written", async () => {
    const since = await here.moment();
    const written = here.set({ key: "k", data: "old", tags: ["Brand:1"], since });
    await there.changed("brand", ["1"]);
    await written;
    expect(await here.get({ key: "k" })).toBeNull();
  });
});

test("what took longer to load than clearings are remembered is not kept", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const since = await caching.moment();
    vi.advanceTimersByTime(299_000);
    await caching.set({ key: "a", data: 1, since });
    vi.advanceTimersByTime(2_000);
    await caching.set({ key: "b", data: 1, since });
    expect([await caching.get({ key: "a" }), await caching.get({ key: "b" })]).toEqual([1, null]);
  } finally {
    vi.useRealTimers();
  }
});

test("a moment is of the providers that it was asked for", async () => {
  const since = await caching.moment();
  await expect(caching.set({ key: "a", data: 1, since, providers: ["near"] })).rejects.toThrow(
    '"since" of a cache entry is a moment of "far", and not of the provider "near".',
  );
  await caching.set({ key: "a", data: 1, since: await caching.moment({ providers: ["near"] }), providers: [{ id: "near", ttl: 9 }] });
  expect(await caching.get({ key: "a", providers: ["near"] })).toBe(1);
});

test.runIf(redisUrl)("a moment before Redis lost what it knew is none", async () => {
  const prefix = `test:${randomUUID()}:`;
  const cache = new RedisCache({ redisUrl: redisUrl as string, prefix }, logger);
  const client = createRedisClient("The test", { redisUrl: redisUrl as string }, logger);
  try {
    const since = await cache.moment();
    expect(await client.pttl(`${prefix}cleared`)).toBeGreaterThan(290_000);
    await client.del(`${prefix}cleared`);
    await cache.set({ key: "a", data: 1, since });
    expect(await cache.get({ key: "a" })).toBeNull();
    // The log does not come back by a clearing, for nobody loads; but by the next moment.
    await cache.clear({ tags: ["t"] });
    expect(await client.exists(`${prefix}cleared`)).toBe(0);
    const later = await cache.moment();
    await cache.set({ key: "a", data: 1, since });
    expect(await cache.get({ key: "a" })).toBeNull();
    await cache.set({ key: "a", data: 1, since: later });
    expect(await cache.get({ key: "a" })).toBe(1);
  } finally {
    await client.del(`${prefix}cleared`, `${prefix}entry:a`);
    client.disconnect();
    await cache.dispose();
  }
});
