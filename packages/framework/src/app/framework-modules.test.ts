import { silentLogger } from "@velella/kernel";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import cachingModule from "../caching/module";
import lockingModule from "../locking/module";
import redisLocks from "../locking/redis-provider";
import { redisUrlForTests } from "../redis/testing/redis-url";
import type { App } from "./app";
import type { AppDefaults } from "./app-defaults";
import { createApp } from "./create-app";

const redisUrl = await redisUrlForTests();
let database: Awaited<ReturnType<typeof createTestDatabase>>;
let directory: string;
let app: App | undefined;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = mkdtempSync(join(tmpdir(), "velella-modules-"));
  writeFileSync(
    join(directory, "velella.config.ts"),
    `module.exports = { projectConfig: { databaseUrl: ${JSON.stringify(database.url)} } };\n`,
  );
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
});
afterAll(async () => {
  await database.drop();
  rmSync(directory, { recursive: true });
});

const open = async (mode: App["mode"], defaults: AppDefaults = {}) =>
  (app = await createApp({ directory, mode, defaults, logger: silentLogger() }));

test("every app has locks and the simple cache, and a table for its sessions; cached data by tags is asked for", async () => {
  const { container, connection, migrate } = await open("migrate");
  await migrate();
  expect((await connection.query(`select to_regclass('velella_session')::text as "table"`)).rows).toEqual([{ table: "velella_session" }]);
  const locking = container.resolve("locking");
  await locking.acquire("k3", { ownerId: "ada", expire: 5 });
  await expect(locking.acquire("k3")).rejects.toThrow('Failed to acquire lock for key "k3"');
  expect([await locking.release("k3", { ownerId: "eve" }), await locking.release("k3", { ownerId: "ada" })]).toEqual([false, true]);
  expect(await locking.execute(["k3", "k4"], async () => "done", { timeout: 1 })).toBe("done");
  await locking.releaseAll({ ownerId: "ada" });
  await expect(async () => locking.acquire("k3", { provider: "nowhere" })).rejects.toThrow(
    'There is no lock provider "nowhere"; there are locking-postgres.',
  );
  const cache = container.resolve("cache");
  await cache.set("a", { n: 1 });
  expect(await cache.get("a")).toEqual({ n: 1 });
  await cache.invalidate("a");
  expect(await cache.get("a")).toBeNull();
  expect(container.resolve("caching", { allowUnregistered: true })).toBeUndefined();
});

test("events of an app clear the cached data that follows their records", async () => {
  const started = await open("start", { modules: { caching: { load: () => cachingModule } } });
  await started.start({ port: 0 });
  const caching = started.container.resolve("caching");
  const keep = (key: string, tag: string) => caching.set({ key, data: { key }, tags: [tag] });
  await keep("one", "ProductVariant:1");
  await keep("list", "ProductVariant:list:*");
  await keep("other", "ProductVariant:2");
  await started.container.resolve("event_bus").emit({ name: "product-variant.updated", data: { id: "1" } });
  await vi.waitFor(async () => expect(await caching.get({ tags: ["ProductVariant:1", "ProductVariant:list:*"] })).toBeNull(), {
    timeout: 20_000,
  });
  expect(await caching.get({ key: "other" })).toEqual({ key: "other" });
});

test("a provider that is not there ends the boot with its name, and with what to do", async () => {
  const options = { providers: [{ resolve: "@my/locks", id: "mine" }] };
  await expect(open("exec", { modules: { locking: { load: () => lockingModule, options } } })).rejects.toMatchObject({
    message: expect.stringContaining('The provider "@my/locks" of the module "locking" is not there'),
    hint: 'Check "resolve" in the options of the module "locking", or install the package.',
  });
});

test.runIf(redisUrl)("a provider is chosen in the options of the module, and closed with the app", async () => {
  const providers = [{ resolve: redisLocks, id: "locking-redis", options: { redisUrl, namespace: `test:${directory}:` } }];
  const one = await open("exec", { modules: { locking: { load: () => lockingModule, options: { providers } } } });
  await one.container.resolve("locking").acquire("shared", { ownerId: "ada" });
  await one.stop();
  const two = await open("exec", { modules: { locking: { load: () => lockingModule, options: { providers } } } });
  await expect(two.container.resolve("locking").acquire("shared", { ownerId: "eve" })).rejects.toThrow("Failed to acquire lock");
  expect(await two.container.resolve("locking").release("shared", { ownerId: "ada" })).toBe(true);
});

test("a Redis that does not answer is told at boot", async () => {
  const providers = [{ resolve: redisLocks, options: { redisUrl: "redis://127.0.0.1:1" } }];
  await expect(open("exec", { modules: { locking: { load: () => lockingModule, options: { providers } } } })).rejects.toThrow(
    "The Redis lock provider cannot reach Redis at redis://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1",
  );
});
