import { silentLogger } from "@velella/kernel";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import type { LockStore } from "./lock-store";
import { MemoryLockStore } from "./memory-lock-store";
import { StoreLockProvider } from "./store-lock-provider";

// Each provider stands for one process; with a lease they know of each other only what the store says.
let store: MemoryLockStore;
const instance = (over: LockStore = store, leaseMs = 60_000) => new StoreLockProvider(over, { leaseMs }, silentLogger());

beforeEach(() => {
  store = new MemoryLockStore();
});

/** The same store, and how often it was asked for a lock. */
function counting(inner: LockStore) {
  const counted = {
    asked: 0,
    take: (...args: Parameters<LockStore["take"]>) => {
      counted.asked++;
      return inner.take(...args);
    },
    extend: inner.extend.bind(inner),
    giveBack: inner.giveBack.bind(inner),
    giveBackAll: inner.giveBackAll.bind(inner),
  };
  return counted;
}

test("within a process those who wait come in the order in which they asked", async () => {
  const one = instance();
  const order: number[] = [];
  await one.acquire("k", { ownerId: "ada" });
  const jobs = Array.from({ length: 10 }, (_, index) =>
    one.execute("k", async () => {
      order.push(index);
      await sleep(2);
    }),
  );
  await sleep(30);
  // Who comes while the lock is free, but others wait for it, waits too.
  await one.release("k", { ownerId: "ada" });
  jobs.push(one.execute("k", async () => void order.push(10)));
  await Promise.all(jobs);
  expect(order).toEqual(Array.from({ length: 11 }, (_, index) => index));
});

test("a lock that is given back is passed on at once", async () => {
  const one = instance(store, 0);
  // Even the shortest pauses of so many waiters would add up to more than 15 seconds, and the last would not get it in time.
  await Promise.all(Array.from({ length: 3000 }, () => one.execute("k", async () => undefined, { timeout: 10 })));
});

test("however many wait, the store is asked a few times a second, and by everybody when the time is over", async () => {
  const counted = counting(store);
  const one = instance(counted);
  await one.acquire("k", { ownerId: "ada" });
  counted.asked = 0;
  const first = one.execute("k", async () => undefined, { timeout: 1 });
  await sleep(20);
  const waiting = [first, ...Array.from({ length: 30 }, () => one.execute("k", async () => undefined, { timeout: 0.8 }))];
  const results = await Promise.allSettled(waiting);
  expect(results.filter(({ status }) => status === "rejected")).toHaveLength(31);
  // 31 at the end of their times, the first at the beginning, and then with pauses of 75 to 150 ms.
  expect(counted.asked).toBeGreaterThan(31 + 2);
  expect(counted.asked).toBeLessThan(31 + 30);
});

test("who tries once does not stand in line", async () => {
  const one = instance();
  await one.acquire("k", { ownerId: "ada" });
  const waiting = one.execute("k", async () => "waited");
  await sleep(20);
  const since = performance.now();
  await expect(one.execute("k", async () => undefined, { timeout: 0 })).rejects.toThrow('Failed to acquire lock for key "k"');
  // In the line its turn would come after the one that waits for five seconds.
  expect(performance.now() - since).toBeLessThan(2000);
  await one.release("k", { ownerId: "ada" });
  expect(await waiting).toBe("waited");
});

test("an owner waits in line as jobs do, with pauses of the length that was asked for, and takes again what it has", async () => {
  const counted = counting(store);
  const one = instance(counted);
  await one.acquire("k", { ownerId: "ada" });
  counted.asked = 0;
  const order: string[] = [];
  const waiting = [
    one.acquire("k", { ownerId: "eve", timeout: 30, retryInterval: 20 }).then(() => order.push("eve")),
    one.execute("k", async () => void order.push("job"), { timeout: 30 }),
  ];
  await sleep(300);
  // Once by each; with pauses that grow there would be some questions more.
  expect(counted.asked).toBe(2);
  await one.acquire("k", { ownerId: "ada", timeout: 30 });
  await one.release("k", { ownerId: "ada" });
  await waiting[0];
  await one.release("k", { ownerId: "eve" });
  await waiting[1];
  expect(order).toEqual(["eve", "job"]);
  await one.acquire("k", { ownerId: "ada" });
  await expect(one.acquire("k", { ownerId: "eve", timeout: 0.1, retryInterval: 20 })).rejects.toMatchObject({
    hint: 'Someone else holds it. It was not given back within the 0.1 seconds of the "timeout".',
  });
});

test("one whose time is over, or who fails, makes room for the next", async () => {
  const one = instance();
  await one.acquire("k", { ownerId: "ada" });
  const first = one.execute("k", async () => undefined, { timeout: 0.1 });
  const second = one.execute("k", async () => {
    throw new TypeError("broken");
  });
  const third = one.execute("k", async () => "done");
  await expect(first).rejects.toThrow("Failed to acquire");
  await one.release("k", { ownerId: "ada" });
  await expect(second).rejects.toThrow("broken");
  expect(await third).toBe("done");
});

test("who moves up to the front asks the store from then on, as nobody elsewhere calls", async () => {
  const [one, other] = [instance(), instance()];
  await other.acquire("k", { ownerId: "ada" });
  const first = one.execute("k", async () => undefined, { timeout: 0.1 });
  await sleep(20);
  const second = one.execute("k", async () => "done", { timeout: 5 });
  await expect(first).rejects.toThrow("Failed to acquire");
  await other.release("k", { ownerId: "ada" });
  const since = performance.now();
  expect(await second).toBe("done");
  // Of its own account it would look again at the end of its five seconds.
  expect(performance.now() - since).toBeLessThan(3000);
});

test("processes take turns, also when one of them has always somebody waiting", async () => {
  const [busy, other] = [instance(), instance()];
  let jobs = 0;
  let isEnough = false;
  const visitor = async (): Promise<void> => {
    while (!isEnough) {
      await busy.execute("k", async () => {
        jobs++;
        await sleep(10);
      });
    }
  };
  const visitors = Array.from({ length: 5 }, visitor);
  await sleep(50);
  try {
    // The half second of the others, their pause of 200 ms, and what a busy machine adds.
    for (let turn = 0; turn < 3; turn++) await other.execute("k", () => sleep(10), { timeout: 5 });
  } finally {
    isEnough = true;
    await Promise.all(visitors);
  }
  expect(jobs).toBeGreaterThan(20);
});

test("a job takes a further lock although somebody waits for both", async () => {
  const one = instance();
  await one.acquire("b", { ownerId: "ada" });
  const outer = one.execute("a", async () => {
    await sleep(40);
    return one.execute("b", async () => "inner", { timeout: 10 });
  });
  await sleep(10);
  const both = one.execute(["b", "a"], async () => "both", { timeout: 20 });
  await sleep(60);
  await one.release("b", { ownerId: "ada" });
  expect(await Promise.all([outer, both])).toEqual(["inner", "both"]);
});

test("a store that cannot be asked fails those who wait, and no others", async () => {
  let isBroken = false;
  const counted = counting(store);
  const one = instance({
    ...counted,
    take: async (...args) => {
      if (isBroken) throw new TypeError("no answer");
      return counted.take(...args);
    },
  });
  await one.acquire("k", { ownerId: "ada" });
  const waiting = one.execute("k", async () => "first");
  await sleep(20);
  const behind = one.execute("k", async () => "second");
  isBroken = true;
  await expect(waiting).rejects.toThrow("no answer");
  isBroken = false;
  await one.release("k", { ownerId: "ada" });
  expect(await behind).toBe("second");
});
