import { createTestDatabase } from "@velella/data/testing";
import { createConnection } from "@velella/data";
import { silentLogger } from "@velella/kernel";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
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

/** Lets nothing else happen in this process. */
function freeze(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

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
      await one.acquire("longer", { ownerId: "ada", expire: 2 });
      await one.acquire("longer", { ownerId: "ada", expire: 60 });
      await one.acquire("forever", { ownerId: "ada" });
      await one.acquire("short", { ownerId: "ada", expire: 2 });
      await expect(other.acquire("short", { ownerId: "eve" })).rejects.toThrow();
      await sleep(2100);
      await other.acquire("short", { ownerId: "eve" });
      expect(await one.release("short", { ownerId: "ada" })).toBe(false);
      await expect(other.acquire("longer", { ownerId: "eve" })).rejects.toThrow();
      await expect(other.acquire("forever", { ownerId: "eve" })).rejects.toThrow();
      await expect(one.acquire("odd", { expire: -1 })).rejects.toThrow('"expire" of a lock is a number of seconds, not -1.');
    });

    test("keys, owners and jobs that cannot be meant are refused in the same words everywhere, and nothing is taken", async () => {
      const longest = "€".repeat(800);
      await one.acquire([longest], { ownerId: longest });
      expect(await other.release(longest, { ownerId: longest })).toBe(true);
      const job = async () => 1;
      for (const [key, shown] of [
        ["", '""'],
        [undefined, "undefined"],
        [5, "5"],
        ["a\0b", '"a\\u0000b"'],
        ["😀".slice(0, 1), '"\\ud83d"'],
        ["k".repeat(8_000), '"kkk'],
      ] as [string, string][]) {
        const refusal = expect.objectContaining({
          reason: "locking.bad_key",
          message: expect.stringContaining(
            `A key of a lock is a text of 1 to 800 characters, without NUL and halves of characters, not ${shown}`,
          ),
        });
        for (const use of [one.acquire(["fine", key]), one.release(["fine", key]), one.execute(["fine", key], job)])
          await expect(use).rejects.toEqual(refusal);
      }
      for (const ownerId of [5, "a\0b", "o".repeat(801), {}] as string[]) {
        const refusal = expect.objectContaining({
          reason: "locking.bad_owner",
          message: expect.stringContaining(
            '"ownerId" of a lock is a text of at most 800 characters, without NUL and halves of characters, not',
          ),
        });
        for (const use of [one.acquire("fine", { ownerId }), one.release("fine", { ownerId }), one.releaseAll({ ownerId })])
          await expect(use).rejects.toEqual(refusal);
      }
      for (const keys of ["fine", []])
        await expect(one.execute(keys, undefined as never)).rejects.toMatchObject({
          reason: "locking.bad_job",
          message: expect.stringContaining("The job that is to run under a lock is a function, not undefined."),
        });
      await other.acquire("fine");
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

    test("an owner is nobody's process: a later step elsewhere releases what one that ended acquired", async () => {
      await one.acquire(["cart", "order"], { ownerId: "run_1" });
      await one.dispose?.();
      await expect(other.acquire("cart", { ownerId: "run_2" })).rejects.toThrow("Failed to acquire");
      expect(await other.release(["cart", "order"], { ownerId: "run_1" })).toBe(true);
      await other.acquire(["cart", "order"], { ownerId: "run_2" });
    });

    test("an empty owner is nobody in particular", async () => {
      await one.acquire("anyone", { ownerId: "" });
      await expect(other.acquire("anyone", { ownerId: "" })).rejects.toThrow("Failed to acquire");
      expect(await other.release("anyone")).toBe(true);
    });

    test("any time works as an end: parts of a millisecond, and a century", async () => {
      await one.acquire("blink", { expire: 0.0004 });
      await one.acquire("short", { expire: 0.0507 });
      await one.acquire(["long", "longer"], { ownerId: "ada", expire: 3e9 });
      expect(await one.execute("job", async (signal) => signal?.aborted, { expire: 3e9 })).toBe(false);
      await sleep(80);
      await other.acquire(["blink", "short"]);
      await expect(other.acquire("longer")).rejects.toThrow("Failed to acquire");
    });

    test("of fifty who want a lock at once, one gets it, again and again", async () => {
      for (let round = 0; round < 5; round++) {
        const names = Array.from({ length: 50 }, (_, index) => `taker ${index}`);
        const takers = names.map((ownerId, index) => (index % 2 ? one : other).acquire("prize", { ownerId, expire: 60 }));
        const results = await Promise.allSettled(takers);
        const winners = names.filter((_, index) => results[index]?.status === "fulfilled");
        expect(winners).toHaveLength(1);
        for (const result of results) {
          if (result.status === "rejected") expect(result.reason).toMatchObject({ message: 'Failed to acquire lock for key "prize"' });
        }
        expect(await one.release("prize", { ownerId: "somebody" })).toBe(false);
        expect(await other.release("prize", { ownerId: winners[0] })).toBe(true);
      }
      const nobodies = Array.from({ length: 50 }, (_, index) => (index % 2 ? one : other).acquire("prize"));
      expect((await Promise.allSettled(nobodies)).filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    test("of many who want several keys in any order, those who do not get all get none", async () => {
      const keys = ["a", "b", "c", "d"];
      for (let round = 0; round < 5; round++) {
        const wanted = Array.from({ length: 20 }, () => keys.toSorted(() => Math.random() - 0.5).slice(0, 3));
        const results = await Promise.allSettled(
          wanted.map((some, index) => (index % 2 ? one : other).acquire(some, { ownerId: `taker ${index}`, expire: 60 })),
        );
        // Any two of them share a key.
        const winner = results.findIndex(({ status }) => status === "fulfilled");
        expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        const rest = keys.filter((key) => !wanted[winner]?.includes(key));
        await one.acquire(rest, { ownerId: "rest" });
        expect(await one.release(rest, { ownerId: "rest" })).toBe(true);
        expect(await one.release(wanted[winner] as string[], { ownerId: `taker ${winner}` })).toBe(true);
      }
    });

    test("the error tells the key that was busy, what else was wanted, and how long it was waited for", async () => {
      await one.acquire("b", { ownerId: "ada" });
      await expect(other.acquire(["a", "b"])).rejects.toMatchObject({
        message: 'Failed to acquire lock for key "b"',
        reason: "locking.not_acquired",
        hint: 'Someone else holds it, so none of "a", "b" was taken. Try again later, or wait for it with a "timeout".',
      });
      await expect(other.execute(["a", "b"], async () => undefined, { timeout: 0.1 })).rejects.toMatchObject({
        message: 'Failed to acquire lock for key "b"',
        hint: 'Someone else holds it, so none of "a", "b" was taken. It was not given back within the 0.1 seconds of the "timeout".',
      });
    });

    test("what cannot be a key or a time is refused", async () => {
      const job = async () => expect.unreachable();
      const id = undefined as unknown as string;
      await expect(one.acquire(id)).rejects.toMatchObject({
        message: "A key of a lock is a text of 1 to 800 characters, without NUL and halves of characters, not undefined.",
        reason: "locking.bad_key",
      });
      await expect(one.release("")).rejects.toThrow("A key of a lock is a text of 1 to 800 characters");
      await expect(one.execute(["a", id], job)).rejects.toThrow("A key of a lock");
      await expect(one.execute("a", job, { timeout: Number.NaN })).rejects.toThrow('"timeout" of a lock is a number of seconds, not NaN.');
      await expect(one.execute("a", job, { expire: "5" as unknown as number })).rejects.toThrow(
        '"expire" of a lock is a number of seconds',
      );
      await expect(one.acquire("a", { expire: Infinity })).rejects.toThrow('"expire" of a lock is a number of seconds, not Infinity.');
      await other.acquire("a");
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
      const patient = { timeout: 20 };
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? one : other).execute("counter", job, patient)),
      );
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

    test("a job that waits goes on when everything of the owner is released, or when the lock ends", async () => {
      await one.acquire(["a", "b"], { ownerId: "ada" });
      const waiting = [one.execute(["b", "c"], async () => "here"), other.execute("a", async () => "elsewhere")];
      await sleep(50);
      await one.releaseAll({ ownerId: "ada" });
      expect(await Promise.all(waiting)).toEqual(["here", "elsewhere"]);
      await one.acquire("a", { ownerId: "ada", expire: 0.2 });
      expect(await other.execute("a", async () => "ended", { timeout: 2 })).toBe("ended");
    });

    test("nobody but the job gives back its lock", async () => {
      await one.execute("job", async () => {
        expect(await one.release("job")).toBe(false);
        await one.releaseAll();
        await expect(other.execute("job", async () => undefined, { timeout: 0 })).rejects.toThrow("Failed to acquire");
      });
      await other.acquire("job");
    });

    test("a job keeps its lock however long it takes, unless it is given a time", async () => {
      let aborted = false;
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((resolve) => (finish = resolve));
      let start: () => void = () => undefined;
      const started = new Promise<void>((resolve) => (start = resolve));
      // With a lease that a process which has to wait its turn extends in time.
      const keeping = new StoreLockProvider(place.store(), { leaseMs: leaseMs * 3 }, silentLogger());
      const long = keeping.execute("long", async (signal) => {
        start();
        await finished;
        aborted = signal?.aborted ?? true;
        return "done";
      });
      await started;
      const longer = (leaseMs * 3 + 500) / 1000;
      await expect(other.execute("long", async () => undefined, { timeout: longer })).rejects.toThrow("Failed to acquire");
      finish();
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
      await other.execute("timed", async () => undefined, { timeout: 5 });
      expect(await failure).toBe('The lock for "timed" was lost while its job ran: its time was over.');
      expect(aborted).toBe(true);
    });

    // Within one process nobody vanishes without taking the locks along.
    if (leaseMs === 0) return;
    test("a process that vanished holds a lock no longer than its lease; the job of one that lost it is told", async () => {
      const vanishing = place.store();
      expect(await vanishing.take(["gone"], "job:gone", leaseMs)).toBeUndefined();
      await vanishing.close?.();
      expect(await other.execute("gone", async () => "next", { timeout: 10 })).toBe("next");

      const robbed = one.execute("robbed", async (signal) => {
        await place.remove?.("robbed");
        await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      });
      await expect(robbed).rejects.toThrow(
        'The lock for "robbed" was lost while its job ran: it had expired, and could not be renewed in time.',
      );
    });

    test("a frozen process loses its lock: it is told, its result is thrown away, and it gives back nobody else's", async () => {
      let wasTold: boolean | undefined;
      const frozen = one.execute("frozen", async (signal) => {
        freeze(leaseMs * 1.5);
        await other.acquire("frozen", { ownerId: "eve" });
        await sleep(50);
        wasTold = signal?.aborted;
        return "stale";
      });
      await expect(frozen).rejects.toMatchObject({
        message: 'The lock for "frozen" was lost while its job ran: it had expired, and could not be renewed in time.',
        reason: "locking.lost",
      });
      expect(wasTold).toBe(true);
      await expect(one.acquire("frozen", { ownerId: "bob" })).rejects.toThrow("Failed to acquire");
      expect(await other.release("frozen", { ownerId: "eve" })).toBe(true);

      // One that ends without a look at its signal is found out too.
      await expect(one.execute("frozen", async () => freeze(leaseMs * 1.5))).rejects.toThrow("was lost while its job ran");
      await other.acquire("frozen", { ownerId: "eve" });
    });
  });
}

test("a lock that was taken although its store said nothing is given back", async () => {
  const store = new MemoryLockStore();
  const take = store.take.bind(store);
  let isLost = true;
  store.take = async (...args) => {
    const busy = await take(...args);
    if (isLost) throw new Error("the connection was lost");
    return busy;
  };
  const provider = new StoreLockProvider(store, { leaseMs: 0 }, silentLogger());
  await expect(provider.execute(["a", "b"], async () => "never", { expire: 3600 })).rejects.toThrow("the connection was lost");
  isLost = false;
  expect(await provider.execute(["a", "b"], async () => "done", { timeout: 0 })).toBe("done");
});

test.runIf(redisUrl)("a job that is done keeps its result although the connection is lost while its lock is given back", async () => {
  const address = new URL(redisUrl as string);
  const { hostname, port } = new URL(address);
  let isCut = false;
  const proxy = createServer((near) => {
    const far = connect(Number(port || 6379), hostname);
    const end = () => [near, far].forEach((socket) => socket.destroy());
    near.on("data", (data) => void far.write(data));
    // The server has done it; its answer does not arrive.
    far.on("data", (data) => (isCut ? end() : void near.write(data)));
    for (const socket of [near, far]) socket.on("error", () => undefined).on("close", () => ((isCut = false), end()));
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  Object.assign(address, { hostname: "127.0.0.1", port: String((proxy.address() as AddressInfo).port) });
  const warnings: string[] = [];
  const logger = { ...silentLogger(), warn: (line: unknown) => void warnings.push(String(line)) };
  const store = new RedisLockStore({ redisUrl: address.href, namespace: `test:${randomUUID()}:` }, silentLogger());
  const provider = new StoreLockProvider(store, { leaseMs: 30_000 }, logger);
  try {
    await provider.execute("k", async () => undefined);
    const job = async () => {
      isCut = true;
      return "done";
    };
    expect(await provider.execute("k", job)).toBe("done");
    expect(warnings).toEqual([]);
    expect(await provider.execute("k", async () => "free", { timeout: 0 })).toBe("free");

    await provider.acquire("k", { ownerId: "ada" });
    isCut = true;
    await expect(provider.release("k", { ownerId: "ada" })).rejects.toThrow('Whether all of "k" were held is not known');
    expect(await provider.release("k", { ownerId: "ada" })).toBe(false);
  } finally {
    await store.close?.();
    proxy.close();
  }
});
