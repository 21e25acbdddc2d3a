import { createTestDatabase } from "../../../data/src/testing/database";
import { createConnection } from "@velella/data";
import { silentLogger } from "@velella/kernel";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRedisClient } from "../redis/redis-client";
import { redisUrlForTests } from "../redis/testing/redis-url";
import type { LockProvider } from "./lock-provider";
import type { LockStore } from "./lock-store";
import { MemoryLockStore } from "./memory-lock-store";
import { migrateLocks, PostgresLockStore } from "./postgres-lock-store";
import { RedisLockStore } from "./redis-lock-store";
import { StoreLockProvider } from "./store-lock-provider";

/** A place for locks; each store that it opens stands for one process. */
interface Place {
  name: string;
  /** Why it cannot be tested here. */
  missing?: string;
  leaseMs: number;
  /** `remove` takes a lock away behind the provider's back. */
  open(): Promise<{ store(): LockStore; remove?(key: string): Promise<unknown>; close(): Promise<void> }>;
}

const redisUrl = await redisUrlForTests();
const places: Place[] = [
  {
    name: "in process",
    leaseMs: 0,
    open: async () => {
      const store = new MemoryLockStore();
      return { store: () => store, close: async () => undefined };
    },
  },
  {
    name: "PostgreSQL",
    leaseMs: 600,
    open: async () => {
      const database = await createTestDatabase();
      const connection = createConnection({ url: database.url });
      await migrateLocks(connection);
      return {
        store: () => new PostgresLockStore(connection),
        remove: (key) => connection.query(`delete from velella_lock where key = $1`, [key]),
        close: async () => {
          await connection.close();
          await database.drop();
        },
      };
    },
  },
  {
    name: "Redis",
    ...(redisUrl ? {} : { missing: "no Redis runs here and REDIS_URL is not set" }),
    leaseMs: 600,
    open: async () => {
      const namespace = `test:${randomUUID()}:`;
      const stores: RedisLockStore[] = [];
      const store = () => {
        const made = new RedisLockStore({ redisUrl: redisUrl as string, namespace }, silentLogger());
        stores.push(made);
        return made;
      };
      const client = createRedisClient("The test", { redisUrl: redisUrl as string }, silentLogger());
      return {
        store,
        remove: (key) => client.del(`${namespace}key:${key}`),
        close: async () => {
          const left = await client.keys(`${namespace}*`);
          if (left.length > 0) await client.del(left);
          client.disconnect();
          await Promise.all(stores.map((made) => made.close()));
        },
      };
    },
  },
];

for (const { name, missing, leaseMs, open } of places) {
  describe.skipIf(missing)(`locks: ${name}${missing ? ` (${missing})` : ""}`, () => {
    let place: Awaited<ReturnType<Place["open"]>>;
    let one: LockProvider;
    let other: LockProvider;
    beforeEach(async () => {
      place = await open();
      const provider = () => new StoreLockProvider(place.store(), { leaseMs }, silentLogger());
      [one, other] = [provider(), provider()];
    });
    afterEach(() => place.close());

    test("what one has, nobody else gets, until it is released", async () => {
      await one.acquire("k3", { ownerId: "ada" });
      await expect(other.acquire("k3", { ownerId: "eve" })).rejects.toThrow(/^Failed to acquire lock for key "k3"$/);
      await expect(other.acquire("k3")).rejects.toThrow('Failed to acquire lock for key "k3"');
      await other.acquire("k4", { ownerId: "eve" });
      expect(await other.release("k3", { ownerId: "eve" })).toBe(false);
      expect(await other.release("k3")).toBe(false);
      await expect(other.acquire("k3", { ownerId: "eve" })).rejects.toThrow();
      // Whoever says who they are may release a lock from elsewhere.
      expect(await other.release("k3", { ownerId: "ada" })).toBe(true);
      expect(await other.release("k3", { ownerId: "ada" })).toBe(false);
      await other.acquire("k3", { ownerId: "eve" });
    });

    test("an owner acquires again; nobody in particular does not", async () => {
      await one.acquire("owned", { ownerId: "ada" });
      await other.acquire("owned", { ownerId: "ada" });
      await one.acquire("anyone");
      await expect(one.acquire("anyone")).rejects.toThrow('Failed to acquire lock for key "anyone"');
      expect(await one.release("anyone", { ownerId: "ada" })).toBe(false);
      expect(await one.release("anyone")).toBe(true);
      await one.acquire("anyone", { ownerId: null });
    });

    test("several keys are taken together or not at all", async () => {
      await one.acquire(["b", "c"], { ownerId: "ada" });
      await expect(other.acquire(["a", "b", "d"], { ownerId: "eve" })).rejects.toThrow('Failed to acquire lock for key "b"');
      await other.acquire(["a", "d", "a"], { ownerId: "bob" });
      expect(await one.release(["a", "b"], { ownerId: "ada" })).toBe(false);
      await other.acquire("b", { ownerId: "eve" });
      expect(await other.release(["a", "d"], { ownerId: "bob" })).toBe(true);
      await one.acquire([], { ownerId: "ada" });
      expect(await one.release([], { ownerId: "ada" })).toBe(true);
    });

    test("a lock ends by itself after its time, which its owner can put off", async () => {
      await one.acquire("short", { ownerId: "ada", expire: 0.2 });
      await one.acquire("longer", { ownerId: "ada", expire: 0.2 });
      await one.acquire("longer", { ownerId: "ada", expire: 30 });
      await one.acquire("forever", { ownerId: "ada" });
      await expect(other.acquire("short", { ownerId: "eve" })).rejects.toThrow();
      await sleep(300);
      await other.acquire("short", { ownerId: "eve" });
      expect(await one.release("short", { ownerId: "ada" })).toBe(false);
      await expect(other.acquire("longer", { ownerId: "eve" })).rejects.toThrow();
      await expect(other.acquire("forever", { ownerId: "eve" })).rejects.toThrow();
      await expect(one.acquire("odd", { expire: -1 })).rejects.toThrow('"expire" of a lock is a number of seconds, not -1.');
    });

    test("everything of one owner is released, and nothing else", async () => {
      await one.acquire(["a", "b"], { ownerId: "ada" });
      await other.acquire("c", { ownerId: "ada", expire: 30 });
      await one.acquire("d", { ownerId: "eve" });
      await one.acquire("e");
      await other.releaseAll({ ownerId: "ada" });
      await other.acquire(["a", "b", "c"], { ownerId: "bob" });
      await expect(other.acquire("d", { ownerId: "bob" })).rejects.toThrow();
      await expect(other.acquire("e", { ownerId: "bob" })).rejects.toThrow();
      await other.releaseAll();
      await other.acquire("e", { ownerId: "bob" });
      await expect(other.acquire("d", { ownerId: "bob" })).rejects.toThrow();
    });

    test("jobs under one lock run one after the other, whoever runs them", async () => {
      let inside = 0;
      let done = 0;
      const job = async () => {
        expect(++inside).toBe(1);
        const before = done;
        await sleep(Math.random() * 5);
        done = before + 1;
        inside--;
        return done;
      };
      const results = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).execute("counter", job)));
      expect(results.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
      const opposite = [one.execute(["x", "y"], job), other.execute(["y", "x"], job), one.execute("y", job)];
      await Promise.all(opposite);
      expect(done).toBe(23);
    });

    test("a job that fails releases its lock; one that waits too long fails", async () => {
      await expect(
        one.execute("job", async () => {
          throw new TypeError("broken");
        }),
      ).rejects.toThrow("broken");
      await one.acquire("job", { ownerId: "ada" });
      const since = performance.now();
      await expect(other.execute("job", async () => "done", { timeout: 0.3 })).rejects.toThrow('Failed to acquire lock for key "job"');
      expect(performance.now() - since).toBeGreaterThan(280);
      await expect(other.execute("job", async () => "done", { timeout: 0 })).rejects.toThrow("Failed to acquire");
      const waiting = other.execute("job", async () => "done", { timeout: 5 });
      await sleep(50);
      await one.release("job", { ownerId: "ada" });
      expect(await waiting).toBe("done");
      expect(await one.execute([], async () => "unlocked")).toBe("unlocked");
    });

    test("a job keeps its lock however long it takes, unless it is given a time", async () => {
      let aborted = false;
      const long = one.execute("long", async (signal) => {
        await sleep(1000);
        aborted = signal?.aborted ?? true;
        return "done";
      });
      await sleep(50);
      await expect(other.execute("long", async () => undefined, { timeout: 0.8 })).rejects.toThrow("Failed to acquire");
      expect([await long, aborted]).toEqual(["done", false]);

      const timed = one.execute(
        "timed",
        async (signal) => {
          await sleep(300);
          aborted = signal?.aborted ?? false;
        },
        { expire: 0.2 },
      );
      const failure = timed.catch((error: Error) => error.message);
      await other.execute("timed", async () => undefined, { timeout: 1 });
      expect(await failure).toBe('The lock for "timed" was lost while its job ran: its time was over.');
      expect(aborted).toBe(true);
    });

    // Within one process nobody vanishes without taking the locks along.
    if (leaseMs === 0) return;
    test("a process that vanished holds a lock no longer than its lease; the job of one that lost it is told", async () => {
      const vanishing = place.store();
      expect(await vanishing.take(["gone"], "job:gone", leaseMs)).toBeUndefined();
      await vanishing.close?.();
      expect(await other.execute("gone", async () => "next", { timeout: 3 })).toBe("next");

      const robbed = one.execute("robbed", async (signal) => {
        await place.remove?.("robbed");
        await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      });
      await expect(robbed).rejects.toThrow(
        'The lock for "robbed" was lost while its job ran: it had expired, and could not be renewed in time.',
      );
    });
  });
}
