import { afterEach, describe, expect, test } from "vitest";
import { freePort } from "@velella/data/testing";
import { createBullTransport } from "../index";
import type { DeliveredEvent, WorkflowEngineOptions } from "../index";
import { ownSchema } from "../testing/own-schema";
import { hasRedis, startRedis } from "../testing/redis";
import { eventually } from "../testing/test-engine";
import { pause } from "../testing/pause";
import { transportedEngines } from "../testing/test-transports";

const { tests, transports } = transportedEngines();
// Each looks for work all the time.
afterEach(() => tests.stop());

let next = 0;

describe.each(transports.all)("events by %s", (_name, transport) => {
  /** An engine whose outbox nobody else sees. */
  const alone = (options: Partial<WorkflowEngineOptions> = {}) => {
    const prefix = `events${++next}`;
    return ownSchema(tests, () => ({ ...transport(prefix), ...options }));
  };

  test("each subscriber gets each event once, with a stable id; nothing before the start", async () => {
    const { engine } = await alone();
    const seen: [string, DeliveredEvent][] = [];
    for (const [id, events] of [
      ["a", ["x", "y"]],
      ["b", ["x"]],
      ["all", ["*", "x"]],
    ] as const)
      engine.subscribers.add({ id, events, handler: (event) => void seen.push([id, event]) });
    await engine.events.emit([
      { name: "x", data: { n: 1 }, metadata: { eventGroupId: "g", source: "test" } },
      { name: "y", data: { n: 2 } },
    ]);
    await engine.events.emit({ name: "nobody's", data: null });
    await pause(120);
    expect(seen).toStrictEqual([]);
    await engine.start();
    await eventually(
      () => seen.length,
      (n) => n === 6,
    );
    await pause(100);
    expect(seen.map(([id, { name }]) => `${id} ${name}`).toSorted()).toStrictEqual(["a x", "a y", "all nobody's", "all x", "all y", "b x"]);
    const x = seen.filter(([, { name }]) => name === "x").map(([, event]) => event);
    expect(new Set(x.map(({ id }) => id)).size).toBe(1);
    expect(x[0]).toMatchObject({
      id: expect.stringMatching(/^evt_/),
      data: { n: 1 },
      metadata: { eventGroupId: "g", source: "test", created_at: expect.stringContaining("T"), published_at: expect.stringContaining("T") },
    });
  });

  test("an event belongs to the transaction in which it was emitted", async () => {
    const { engine } = await alone();
    const seen: unknown[] = [];
    engine.subscribers.add({ id: "s", events: ["tx"], handler: ({ data }) => void seen.push(data) });
    await engine.start();
    await tests.connection.transaction((executor) => engine.events.emit({ name: "tx", data: "committed" }, { executor }));
    const rolledBack = tests.connection.transaction(async (executor) => {
      await engine.events.emit({ name: "tx", data: "rolled back" }, { executor });
      throw new Error("no");
    });
    await expect(rolledBack).rejects.toThrow("no");
    await eventually(
      () => seen.length,
      (n) => n > 0,
    );
    await pause(100);
    expect(seen).toStrictEqual(["committed"]);
  });

  test("a subscriber that fails is tried again, and again, and then put aside; others are not affected", async () => {
    const { engine, query } = await alone({ maxDeliveryAttempts: 3, deliveryBackoff: 0.02 });
    const ids: string[] = [];
    const good: unknown[] = [];
    engine.subscribers.add({ id: "good", events: ["e"], handler: ({ data }) => void good.push(data) });
    engine.subscribers.add({
      id: "recovers",
      events: ["e"],
      handler: ({ id }) => {
        if (ids.push(id) < 3) throw new Error("not yet");
      },
    });
    engine.subscribers.add({ id: "never", events: ["e"], handler: () => Promise.reject(new Error("never")) });
    await engine.start();
    await engine.events.emit({ name: "e", data: 1 });
    const dead = () =>
      query<{ target: string; error: string; attempts: number }>("select target, error, attempts from velella_task where state = 'dead'");
    const [task] = await eventually(dead, (rows) => rows.length === 1 && ids.length === 3 && good.length > 0);
    expect(task).toMatchObject({ target: "event:never", attempts: 3, error: expect.stringContaining("never") });
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(good).toStrictEqual([1]);
    await engine.events.emit({ name: "e", data: 2, options: { attempts: 1 } });
    expect((await eventually(dead, (rows) => rows.length === 2)).map(({ attempts }) => attempts).toSorted()).toStrictEqual([1, 3]);
  });

  test("events are listed, and replayed: to those who failed, else to all", async () => {
    const { engine } = await alone({ maxDeliveryAttempts: 1 });
    let broken = true;
    const seen: string[] = [];
    engine.subscribers.add({ id: "works", events: ["r"], handler: () => void seen.push("works") });
    engine.subscribers.add({
      id: "mended",
      events: ["r"],
      handler: () => {
        if (broken) throw new Error("broken");
        seen.push("mended");
      },
    });
    await engine.start();
    await engine.events.emit([
      { name: "r", data: { n: 1 } },
      { name: "other", data: 2 },
    ]);
    const [event] = await eventually(
      () => engine.events.list({ dead: true }),
      (found) => found[0]?.deliveries.length === 1,
    );
    expect(event).toMatchObject({
      name: "r",
      data: { n: 1 },
      deliveries: [{ subscriber: "mended", state: "dead", attempts: 1, error: expect.stringContaining("broken") }],
    });
    expect((await engine.events.list()).map(({ name }) => name).toSorted()).toStrictEqual(["other", "r"]);
    broken = false;
    expect(await engine.events.replay([event?.id ?? ""])).toBe(1);
    await eventually(
      () => seen.length,
      (n) => n === 2,
    );
    await eventually(
      () => engine.events.list({ dead: true }),
      (found) => found.length === 0,
    );
    await eventually(
      async () => (await engine.events.list({ name: "r" }))[0]?.deliveries.length,
      (n) => n === 0,
    );
    await engine.events.replay([event?.id ?? ""]);
    await eventually(
      () => seen.length,
      (n) => n === 4,
    );
    expect(seen.toSorted()).toStrictEqual(["mended", "mended", "works", "works"]);
  });

  test("a slow subscriber does not delay others", async () => {
    const { engine } = await alone();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const quick: unknown[] = [];
    engine.subscribers.add({ id: "slow", events: ["n"], handler: () => held });
    engine.subscribers.add({ id: "quick", events: ["n"], handler: ({ data }) => void quick.push(data) });
    await engine.start();
    for (let n = 0; n < 50; n++) await engine.events.emit({ name: "n", data: n });
    expect(
      await eventually(
        () => quick.length,
        (n) => n === 50,
      ),
    ).toBe(50);
    release();
  });

  test.each([1, 2, 5])("a subscriber with concurrency %d is given the next event as soon as one is done", async (concurrency) => {
    const { engine } = await alone({ pollInterval: 3_600_000 });
    let [seen, atWork, most] = [0, 0, 0];
    engine.subscribers.add({
      id: "s",
      events: ["n"],
      concurrency,
      handler: async () => {
        most = Math.max(most, ++atWork);
        await pause(2);
        atWork--;
        seen++;
      },
    });
    await engine.start();
    await engine.events.emit(Array.from({ length: 20 }, (_, n) => ({ name: "n", data: n })));
    await eventually(
      () => seen,
      (n) => n === 20,
    );
    expect(seen).toBe(20);
    expect(most).toBeLessThanOrEqual(concurrency);
  });

  test("delay and priority", async () => {
    const { engine } = await alone();
    const seen: [string, number][] = [];
    const since = performance.now();
    engine.subscribers.add({
      id: "s",
      events: ["*"],
      concurrency: 1,
      handler: ({ name }) => void seen.push([name, performance.now() - since]),
    });
    await engine.events.emit([
      // The last one by its priority as well, should it be due before the others are looked for.
      { name: "later", data: 1, options: { delay: 300, priority: 300 } },
      { name: "low", data: 1, options: { priority: 200 } },
      { name: "high", data: 1, options: { priority: 1 } },
      { name: "highest", data: 1, options: { priority: 0 } },
    ]);
    await engine.start();
    await eventually(
      () => seen.length,
      (n) => n === 4,
    );
    const { later, ...atOnce } = Object.fromEntries(seen);
    expect(Object.keys(atOnce)).toStrictEqual(["highest", "high", "low"]);
    expect(later).toBeGreaterThan(290);
  });

  test("subscribers may share an id, and with it a line of deliveries, but not an event", async () => {
    const { engine } = await alone();
    const seen: string[] = [];
    const add = (events: string[], name: string) =>
      engine.subscribers.add({ id: "shared", events, handler: (event) => void seen.push(`${name} ${event.name}`) });
    add(["x"], "one");
    add(["y"], "two");
    const refusal = 'Two subscribers have the id "shared".';
    expect(() => add(["z", "y"], "three")).toThrow(refusal);
    expect(() => add(["*"], "all")).toThrow(refusal);
    await engine.start();
    await engine.events.emit([
      { name: "x", data: 1 },
      { name: "y", data: 1 },
      { name: "z", data: 1 },
    ]);
    await eventually(
      () => seen.length,
      (n) => n === 2,
    );
    await pause(100);
    expect(seen.toSorted()).toStrictEqual(["one x", "two y"]);
  });
});

test("what lists cannot mean is refused before it reaches the database", async () => {
  const { engine } = await ownSchema(tests);
  const refusalOf = (read: () => Promise<unknown>) =>
    read().then(
      () => "none",
      ({ type, message }: { type: string; message: string }) => `${type}: ${message}`,
    );
  const count = "must be a whole number that is not negative";
  for (const take of [-1, "x", NaN, 1e20, 1.5] as number[]) {
    const came = typeof take === "string" ? `"${take}"` : String(take);
    expect(await refusalOf(() => engine.events.list({ take }))).toBe(`invalid_data: "take" of events.list() ${count}; found ${came}.`);
    expect(await refusalOf(() => engine.jobs.history(undefined, { take }))).toBe(
      `invalid_data: "take" of jobs.history() ${count}; found ${came}.`,
    );
  }
  expect(await refusalOf(() => engine.jobs.history("a\0"))).toContain('"name" of jobs.history() must be a text without a NUL');
  expect(await refusalOf(() => engine.jobs.history(undefined, { state: "bogus" as "done" }))).toBe(
    'invalid_data: "state" of jobs.history() must be "waiting" or "running" or "done" or "failed"; found "bogus".',
  );
  expect(await refusalOf(() => engine.events.list({ name: "a\0" }))).toContain('"name" of events.list() must be a text without a NUL');
  expect(await refusalOf(() => engine.events.list({ dead: "yes" as never }))).toContain('"dead" of events.list() must be true or false');
  expect(await refusalOf(() => engine.events.replay("evt" as never))).toContain('"ids" of events.replay() must be a list of texts');
  expect(await refusalOf(() => engine.events.discard({ subscriber: 5 as never }))).toContain('"subscriber" of events.discard() must be');
});

test.each([0, -1, 1.5, NaN, Infinity, "5"])("a subscriber with concurrency %o is refused", async (concurrency) => {
  const { engine } = tests.engine();
  const subscriber = { id: "s", events: ["e"], handler: () => undefined, source: "src/subscribers/s.ts" };
  expect(() => engine.subscribers.add({ ...subscriber, concurrency: concurrency as number })).toThrow(
    'The "concurrency" of subscriber "s" (src/subscribers/s.ts) must be a whole number from 1 to 10000; found',
  );
});

// What is lost is sent again after seconds, and it is lost three times.
test.runIf(hasRedis())("what Redis loses is not lost: it is sent again from the outbox", { timeout: 40_000 }, async () => {
  const { engine: sender, another, query } = await ownSchema(tests, () => ({ mode: "server" }));
  const seen = new Map<unknown, number>();
  const worker = () => {
    const engine = another(transports.bull("kept"));
    engine.subscribers.add({
      id: "a:colon and spaces",
      events: ["kept"],
      handler: async ({ data }) => {
        await pause(5);
        seen.set(data, (seen.get(data) ?? 0) + 1);
      },
    });
    return engine;
  };
  const workers = [worker(), worker()];
  for (const one of workers) await one.start();
  for (let n = 0; n < 200; n++) {
    await sender.events.emit({ name: "kept", data: n });
    if (n % 60 === 30) await transports.redis().loseEverything(n % 120 === 30 ? 300 : 0);
  }
  expect(
    await eventually(
      () => seen.size,
      (size) => size === 200,
      15,
    ),
  ).toBe(200);
  // Each was claimed in PostgreSQL, which knows of no second time.
  expect([...seen.values()].filter((times) => times !== 1)).toStrictEqual([]);
  const open = async () => (await query("select from velella_task")).length;
  expect(await eventually(open, (n) => n === 0)).toBe(0);
  for (const one of workers) await one.stop();
});

test.runIf(hasRedis())(
  "events wait for a Redis that is not there at the start, and go out when it comes",
  { timeout: 40_000 },
  async () => {
    const port = await freePort();
    const transport = createBullTransport({ redisUrl: `redis://127.0.0.1:${port}`, prefix: "late", resendSeconds: 30 });
    const { engine } = await ownSchema(tests, () => ({ transport }));
    const seen: unknown[] = [];
    for (const id of ["a", "b"]) engine.subscribers.add({ id, events: ["late"], handler: ({ data }) => void seen.push(data) });
    await engine.start();
    await engine.events.emit({ name: "late", data: 1 });
    await pause(300);
    const redis = await startRedis(port);
    try {
      await eventually(
        () => seen.length,
        (n) => n === 2,
        15,
      );
      expect(seen).toStrictEqual([1, 1]);
    } finally {
      await engine.stop();
      await redis.stop();
    }
  },
);
