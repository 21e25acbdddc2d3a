import { createConnection, managerFor } from "@velella/data";
import { createLogger } from "@velella/kernel";
import { Writable } from "node:stream";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import { CachingService } from "./caching-service";
import type { CachingProvider } from "./caching-provider";
import { MemoryCache } from "./memory-cache";
import { RedisCache } from "./redis-cache";

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
  expect(log.join("")).toContain('The cache \\"gone\\" could not be read');
  await expect(caching.clear({ key: "a" })).rejects.toThrow();
  await caching.dispose();
});
