import type { Logger } from "@velella/kernel";
import { silentLogger } from "@velella/kernel";
import { afterEach, describe, expect, test } from "vitest";
import type { WorkflowEngine } from "../index";
import { ownSchema } from "../testing/own-schema";
import type { OwnSchema } from "../testing/own-schema";
import { eventually } from "../testing/test-engine";
import { pause } from "../testing/pause";
import { transportedEngines } from "../testing/test-transports";

// Instances on one database that do not have the same code: in a rolling deploy, or because workers have different tasks.

const { tests, transports } = transportedEngines();
afterEach(() => tests.stop());

function listener(engine: WorkflowEngine, id: string, events = ["e"]): unknown[] {
  const heard: unknown[] = [];
  engine.subscribers.add({ id, events, handler: ({ data }) => void heard.push(data) });
  return heard;
}

const isWhole = (heard: unknown[], n: number) => heard.length === n;
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);
const sorted = (heard: unknown[]) => (heard as number[]).toSorted((a, b) => a - b);

async function emitFrom(engines: WorkflowEngine[], n: number): Promise<void> {
  for (let i = 0; i < n; i++) await engines[i % engines.length]?.events.emit({ name: "e", data: i });
}

test("each subscriber gets each event, whichever instance has it, emits it or routes it", async () => {
  const { engine: a, another } = await ownSchema(tests);
  const [b, server] = [another(), another({ mode: "server" })];
  const [heardByA, heardByB] = [listener(a, "a"), listener(b, "b")];
  for (const one of [a, b, server]) await one.start();
  await emitFrom([a, b, server], 60);
  await eventually(
    () => isWhole(heardByA, 60) && isWhole(heardByB, 60),
    (all) => all,
  );
  expect(sorted(heardByA)).toStrictEqual(numbers(60));
  expect(sorted(heardByB)).toStrictEqual(numbers(60));
});

test("while its only instance is away a subscriber misses nothing", async () => {
  const { engine: a, another } = await ownSchema(tests, () => ({ sweepInterval: 50 }));
  const b = another();
  const heardByA = listener(a, "a");
  const heardByB = listener(b, "b");
  for (const one of [a, b]) await one.start();
  await emitFrom([a], 5);
  await eventually(
    () => isWhole(heardByA, 5) && isWhole(heardByB, 5),
    (all) => all,
  );
  await b.stop();
  await pause(200);
  await emitFrom([a], 5);
  await eventually(
    () => heardByA.length,
    (n) => n === 10,
  );
  const back = another();
  const heardAfter = listener(back, "b");
  await back.start();
  await eventually(
    () => heardAfter.length,
    (n) => n === 5,
  );
  expect(sorted(heardAfter)).toStrictEqual(numbers(5));
});

test("a subscriber that is added while its instance runs gets what is emitted from then on", async () => {
  const { engine: a, another, query } = await ownSchema(tests);
  const b = another();
  for (const one of [a, b]) await one.start();
  const heard = listener(b, "late");
  await eventually(
    () => query("select from velella_handler where target = 'event:late'"),
    (rows) => rows.length === 1,
  );
  await emitFrom([a], 20);
  await eventually(
    () => heard.length,
    (n) => n === 20,
  );
  expect(sorted(heard)).toStrictEqual(numbers(20));
  // One that is removed is not waited for.
  b.subscribers.remove("late");
  await eventually(
    () => query("select from velella_handler"),
    (rows) => rows.length === 0,
  );
  await emitFrom([a], 1);
  await pause(150);
  expect(await query("select from velella_task")).toStrictEqual([]);
});

/** Tables that remember the subscriber "gone", which no instance has any more. */
async function withGoneSubscriber(): Promise<OwnSchema> {
  const made = await ownSchema(tests);
  listener(made.engine, "gone");
  listener(made.engine, "stays");
  await made.engine.start();
  await made.engine.stop();
  return made;
}

test("what no code has any more is listed, put aside as dead after a while, and can be discarded", async () => {
  const { another } = await withGoneSubscriber();
  const before = another();
  listener(before, "stays");
  await before.start();
  await emitFrom([before], 2);
  const open = await eventually(
    () => before.events.list({ orphaned: true }),
    (events) => events.length === 2 && events.every(({ deliveries }) => deliveries.length === 1),
  );
  expect(open.map(({ deliveries }) => deliveries)).toMatchObject([
    [{ subscriber: "gone", state: "ready", orphaned: true }],
    [{ subscriber: "gone", state: "ready", orphaned: true }],
  ]);
  expect(await before.events.list({ dead: true })).toStrictEqual([]);
  await before.stop();

  // One that remembers it for no more than a while.
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger(), warn: (message: unknown) => void warnings.push(String(message)) };
  const engine = another({ rememberSeconds: 0.2, sweepInterval: 40, logger });
  const heard = listener(engine, "stays");
  await engine.start();
  const dead = await eventually(
    () => engine.events.list({ dead: true }),
    (found) => found.length === 2,
  );
  expect(dead[0]?.deliveries).toMatchObject([{ subscriber: "gone", state: "dead", error: "No instance has this subscriber any more." }]);
  expect(warnings).toContain('No instance has had the subscriber "gone" for 0.2 s; it is forgotten');
  await eventually(
    () => warnings.filter((warning) => warning.includes("put aside as dead")).length,
    (n) => n > 0,
  );
  // Forgotten: nothing more is kept for it.
  await emitFrom([engine], 1);
  await eventually(
    () => heard.length,
    (n) => n === 1,
  );
  expect(await engine.events.list({ orphaned: true })).toHaveLength(2);
  expect(await engine.events.discard({ ids: [dead[0]?.id ?? ""] })).toBe(1);
  expect(await engine.events.discard({ subscriber: "stays" })).toBe(0);
  expect(await engine.events.discard({ subscriber: "gone" })).toBe(1);
  expect(await engine.events.list({ dead: true })).toStrictEqual([]);
});

test("a subscriber that is known to be gone can be forgotten at once", async () => {
  const { another, query } = await withGoneSubscriber();
  const engine = another();
  await engine.start();
  await emitFrom([engine], 3);
  const open = () => query<{ target: string }>("select target from velella_task where target = 'event:gone'");
  await eventually(open, (rows) => rows.length === 3);
  expect(await engine.events.discard({ subscriber: "gone", name: "other" })).toBe(0);
  expect(await engine.events.discard({ subscriber: "gone" })).toBe(3);
  await emitFrom([engine], 1);
  await eventually(
    () => query("select from velella_event where routed_at is null"),
    (rows) => rows.length === 0,
  );
  expect(await open()).toStrictEqual([]);
});

test("what waits is not given up because no process runs, unless its subscriber is named, and is not of the app that asks", async () => {
  const { engine, another } = await ownSchema(tests);
  for (const id of ["mail", "stock"])
    engine.subscribers.add({ id, events: ["e"], handler: () => Promise.reject(new Error("The server is away.")) });
  await engine.start();
  await engine.events.emit([1, 2, 3].map((data) => ({ name: "e", data, options: { backoff: 3_600_000 } })));
  const open = () => engine.events.list().then((events) => events.flatMap(({ deliveries }) => deliveries));
  await eventually(open, (deliveries) => deliveries.length === 6 && deliveries.every(({ error }) => error !== null));
  await engine.stop();
  const asking = another({ mode: "server" });
  listener(asking, "mail");
  expect(await asking.events.discard({})).toBe(0);
  expect(await asking.events.discard({ ids: (await asking.events.list()).map(({ id }) => id) })).toBe(0);
  expect(await asking.events.discard({ subscriber: "mail" })).toBe(0);
  const [listed] = await asking.events.list({ orphaned: true });
  expect(listed?.deliveries).toMatchObject([
    { subscriber: "mail", orphaned: false },
    { subscriber: "stock", orphaned: true },
  ]);
  expect(await asking.events.discard({ subscriber: "stock" })).toBe(3);
  // It is not forgotten that there was a subscriber "mail".
  await asking.events.emit({ name: "e", data: 4 });
  const next = another();
  await next.start();
  expect(await eventually(open, (deliveries) => deliveries.length === 4)).toMatchObject(
    [1, 2, 3, 4].map(() => ({ subscriber: "mail", state: "ready" })),
  );
});

test("dead deliveries are removed after their retention, and their events with them", async () => {
  const { engine, another, query } = await ownSchema(tests, () => ({ maxDeliveryAttempts: 1, sweepInterval: 40 }));
  engine.subscribers.add({ id: "never", events: ["e"], handler: () => Promise.reject(new Error("never")) });
  await engine.start();
  await emitFrom([engine], 2);
  expect(
    await eventually(
      () => engine.events.list({ dead: true }),
      (found) => found.length === 2,
    ),
  ).toHaveLength(2);
  await another({ deadRetention: 0.4, eventRetention: 0.1, sweepInterval: 40 }).start();
  const left = () => query("select id from velella_event union all select id from velella_task");
  expect(await eventually(left, (rows) => rows.length === 0)).toStrictEqual([]);
});

test("an event that its subscriber does not take any more is kept for a while, then put aside; it is not handed to it", async () => {
  const { engine: before, another, query } = await ownSchema(tests, () => ({ sweepInterval: 40 }));
  before.subscribers.add({ id: "s", events: ["old"], handler: () => Promise.reject(new Error("not yet")) });
  await before.start();
  await before.events.emit({ name: "old", data: 1, options: { backoff: 150 } });
  await eventually(
    () => before.events.list({ name: "old" }),
    ([event]) => typeof event?.deliveries[0]?.error === "string",
  );
  await before.stop();
  const after = another();
  const heard = listener(after, "s", ["new"]);
  await after.start();
  await pause(300);
  expect(await query("select state, owner, attempts from velella_task")).toStrictEqual([{ state: "ready", owner: null, attempts: 1 }]);
  await after.stop();
  const lines: string[] = [];
  const logger: Logger = { ...silentLogger(), warn: (message: unknown) => void lines.push(String(message)) };
  const later = another({ rememberSeconds: 0.2, sweepInterval: 40, logger });
  const heardLater = listener(later, "s", ["new"]);
  await later.start();
  const [dead] = await eventually(
    () => later.events.list({ dead: true }),
    (found) => found.length === 1,
  );
  const error = expect.stringMatching(/^Error: not yet\n.*\nThe subscriber is not for "old" any more\.$/s);
  expect(dead?.deliveries).toMatchObject([{ subscriber: "s", state: "dead", error }]);
  await eventually(
    () => lines.includes('No instance has the subscriber "s" for event "old"; 1 of its deliveries are put aside as dead'),
    (said) => said,
  );
  expect([...heard, ...heardLater]).toStrictEqual([]);
});

describe.each(transports.all)("carried by %s", (_name, transport) => {
  test("in a deploy that changes the events of a subscriber, each event gets to those who take it", async () => {
    const { engine: before, another, query } = await ownSchema(tests, () => ({ ...transport("deploy"), sweepInterval: 40 }));
    const after = another();
    const [old, all] = [listener(before, "notify", ["placed"]), listener(after, "notify", ["placed", "canceled"])];
    for (const one of [before, after]) await one.start();
    for (const n of numbers(20)) await before.events.emit(["placed", "canceled"].map((name) => ({ name, data: `${name} ${n}` })));
    await eventually(
      () => isWhole([...old, ...all], 40),
      (whole) => whole,
    );
    const expected = numbers(20).flatMap((n) => [`placed ${n}`, `canceled ${n}`]);
    expect([...old, ...all].toSorted()).toStrictEqual(expected.toSorted());
    expect(old.filter((data) => String(data).startsWith("canceled"))).toStrictEqual([]);
    await eventually(
      () => query("select from velella_task"),
      (rows) => rows.length === 0,
    );
    expect(await query("select from velella_task")).toStrictEqual([]);
  });
});

test("an instance without a job leaves it to those that have it", async () => {
  const { engine: has, another } = await ownSchema(tests, () => ({ sweepInterval: 40, rememberSeconds: 0.3 }));
  let ticks = 0;
  has.jobs.add({ name: "k", schedule: { interval: 100 }, handler: () => void ticks++ });
  await has.start();
  await eventually(
    () => ticks,
    (n) => n >= 2,
  );
  const without = another();
  await without.start();
  await pause(500);
  const before = ticks;
  await eventually(
    () => ticks,
    (n) => n >= before + 4,
  );
  expect(ticks).toBeGreaterThanOrEqual(before + 4);
  expect(await without.jobs.overview()).toMatchObject([{ name: "k", instances: 1 }]);
});

test("a job whose row someone removed is made known again", async () => {
  const { engine, query } = await ownSchema(tests, () => ({ sweepInterval: 40 }));
  let ticks = 0;
  engine.jobs.add({ name: "k", schedule: { interval: 100 }, handler: () => void ticks++ });
  await engine.start();
  await eventually(
    () => ticks,
    (n) => n >= 1,
  );
  await query("delete from velella_job");
  const before = ticks;
  await eventually(
    () => ticks,
    (n) => n >= before + 3,
  );
  expect(ticks).toBeGreaterThanOrEqual(before + 3);
});

test("a job that no code has any more is forgotten after a while, with a line in the log, and its open ticks have failed", async () => {
  const lines: string[] = [];
  const logger: Logger = { ...silentLogger(), warn: (message: unknown) => void lines.push(String(message)) };
  const { engine, another, query } = await ownSchema(tests, () => ({ sweepInterval: 40, rememberSeconds: 0.3, logger }));
  engine.jobs.add({ name: "gone", schedule: "0 0 1 1 *", handler: () => undefined });
  await engine.start();
  await engine.stop();
  await query("insert into velella_fire (job, tick) values ('gone', date_trunc('day', now()))");
  await query(
    "insert into velella_task (id, kind, target, tick, max_attempts) values ('t', 'job', 'job:gone', date_trunc('day', now()), 1)",
  );
  const later = another();
  expect(await later.jobs.overview()).toMatchObject([{ name: "gone", instances: 0 }]);
  expect(await later.jobs.history()).toMatchObject([{ job: "gone", state: "waiting", attempts: 0, error: null }]);
  await later.start();
  await eventually(
    () => later.jobs.overview(),
    (jobs) => jobs.length === 0,
  );
  expect(await later.jobs.overview()).toStrictEqual([]);
  expect(await later.jobs.history("gone")).toMatchObject([{ state: "failed", error: "No instance has this job any more." }]);
  expect(await query("select from velella_task")).toStrictEqual([]);
  await eventually(
    () => lines.includes('No instance has had the job "gone" for long; it is forgotten'),
    (said) => said,
  );
});
