import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { hasPgBouncer, startPgBouncer } from "@velella/data/testing";
import type { Pooler } from "@velella/data/testing";
import type { ChildOptions } from "../testing/engine-child";
import { hasRedis, startRedis } from "../testing/redis";
import type { TestRedis } from "../testing/redis";
import { compileChildren, startChild } from "../testing/start-child";
import type { Child } from "../testing/start-child";
import { eventually, testEngines } from "../testing/test-engine";
import { World } from "../testing/world";

// Real processes that are really killed, while they emit, deliver and run jobs.
const tests = testEngines();
const children: Child[] = [];
let pooler: Pooler | undefined;
let redis: TestRedis | undefined;

beforeAll(async () => {
  compileChildren();
  await tests.open();
  if (hasPgBouncer()) pooler = await startPgBouncer(tests.url);
  if (hasRedis()) redis = await startRedis();
  await new World(tests.connection).create();
  await tests.connection.query("create table handled (event_id text, data text); create table written (data text)");
});
beforeEach(async () => {
  await tests.connection.query(
    "truncate handled, written, velella_event, velella_task, velella_job, velella_fire, velella_handler, velella_instance",
  );
});
afterEach(() => {
  for (const child of children.splice(0)) child.process.kill("SIGKILL");
});
afterAll(async () => {
  await tests.close();
  await pooler?.stop();
  await redis?.stop();
});

function start({ pooled, ...options }: ChildOptions): Child {
  const child = startChild(pooled && pooler ? pooler.urlOf(tests.url) : tests.url, { ...options, ...(pooled !== undefined && { pooled }) });
  children.push(child);
  return child;
}

describe.each([
  ["with sessions", false, true],
  ["through PgBouncer in transaction mode", true, hasPgBouncer()],
])("%s", (_mode, pooled, there) => {
  test.runIf(there)("a tick whose process is killed is run again, once, and the history says so", async () => {
    const options: ChildOptions = { pooled, start: true, job: 500, leaseSeconds: pooled ? 0.6 : 30 };
    // For longer than it lives.
    const first = start({ ...options, job: 60_000 });
    const tick = await first.says(/^tick /);
    const { engine } = tests.engine();
    const [before] = await engine.jobs.history("once");
    expect(before).toMatchObject({ state: "running", attempts: 1, finished_at: null, duration: null });
    first.process.kill("SIGKILL");
    await first.ended;
    const second = start(options);
    expect(await second.says(/^tick /)).toBe(tick);
    const ended = await eventually(
      () => engine.jobs.history("once"),
      ([run]) => run?.state === "done",
    );
    expect(ended).toMatchObject([{ job: "once", tick: before?.tick, state: "done", attempts: 2, error: null }]);
    expect(ended[0]?.started_at?.getTime()).toBeGreaterThan(before?.started_at?.getTime() ?? Infinity);
    expect(ended[0]?.duration).toBeGreaterThanOrEqual(490);
    expect(await engine.jobs.overview()).toMatchObject([{ name: "once", executions: 1, next_tick: null }]);
    expect([...first.lines, ...second.lines].filter((line) => line.startsWith("tick "))).toStrictEqual([tick, tick]);
  });
});

test("a process killed between the effect of a step and its event, of which the step does not say anything, loses neither", async () => {
  const first = start({ run: ["unsaid"] });
  expect(await first.ended).toBe("SIGKILL");
  start({ start: true });
  const handled = async () => (await tests.connection.query<{ data: string }>("select data from handled")).rows;
  expect(await eventually(handled, (rows) => rows.length > 0)).toStrictEqual([{ data: "unsaid" }]);
});

describe.each<[name: string, optionsOf: () => ChildOptions, there: boolean]>([
  ["PostgreSQL", () => ({}), true],
  ["PostgreSQL through PgBouncer in transaction mode", () => ({ pooled: true, leaseSeconds: 0.5 }), hasPgBouncer()],
  ["BullMQ", () => ({ ...(redis && { redisUrl: redis.url }) }), hasRedis()],
])("events by %s", (_name, optionsOf, there) => {
  // Four rounds of two processes that start and are killed, and their leases have to end.
  test.runIf(there)("no event is lost when emitters and workers are killed at any time", { timeout: 60_000 }, async () => {
    const options = optionsOf();
    const safe = new Set<string>();
    for (let round = 0; round < 4; round++) {
      const worker = start({ ...options, start: true });
      const emitter = start({ ...options, emit: true, start: round % 2 === 1 });
      await emitter.says(/^safe/);
      await eventually(
        () => emitter.lines.length,
        (lines) => lines > 18 + round * 3,
      );
      worker.process.kill("SIGKILL");
      emitter.process.kill("SIGKILL");
      await Promise.all([worker.ended, emitter.ended]);
      for (const line of emitter.lines) if (line.startsWith("safe ")) safe.add(line.slice(5));
    }
    start({ ...options, start: true });
    const open = async () =>
      (
        await tests.connection.query<{ n: number }>(
          "select (select count(*)::int from velella_event where routed_at is null) + (select count(*)::int from velella_task) as n",
        )
      ).rows[0]?.n;
    expect(await eventually(open, (n) => n === 0, 20)).toBe(0);
    const { rows } = await tests.connection.query<{ event_id: string; data: string }>("select event_id, data from handled");
    const handled = new Set(rows.map(({ data }) => data));
    expect(safe.size).toBeGreaterThan(50);
    expect([...safe].filter((data) => !handled.has(data))).toStrictEqual([]);
    // What was written has its event, and what was not written has none.
    const written = new Set((await tests.connection.query<{ data: string }>("select data from written")).rows.map(({ data }) => data));
    expect([...written].filter((data) => !handled.has(data))).toStrictEqual([]);
    expect([...handled].filter((data) => Number(data.split("-")[1]) % 2 === 0 && !written.has(data))).toStrictEqual([]);
    // Delivered again only under the same id.
    expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(handled.size);
  });
});
