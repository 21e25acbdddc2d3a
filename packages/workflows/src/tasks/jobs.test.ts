import { silentLogger } from "@velella/kernel";
import type { Logger, SqlConnection } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";
import { pause } from "../testing/pause";
import { lastTickBetween, ticksOf } from "../options/schedule";
import type { JobSchedule } from "../options/schedule";

const tests = testEngines();
beforeAll(() => tests.open());
// Each has the scheduled workflows of the process, and looks for work all the time.
afterEach(() => tests.stop());
afterAll(() => tests.close());

test("over several instances, each tick of a job runs once", async () => {
  const { engine, another, query } = await ownSchema(tests, () => ({ sessionLock: false }));
  const engines = [engine, ...Array.from({ length: 15 }, another)];
  const ticks: string[] = [];
  for (const one of engines) {
    one.jobs.add({ name: "tick", schedule: { interval: 200 }, handler: ({ tick }) => void ticks.push(tick.toISOString()) });
    await one.start();
  }
  await eventually(
    () => ticks.length,
    (n) => n >= 5,
  );
  for (const one of engines) await one.stop();
  expect(ticks).toHaveLength(new Set(ticks).size);
  expect(ticks.every((tick) => new Date(tick).getTime() % 200 === 0)).toBe(true);
  const fires = await query<{ n: number; done: number }>(
    "select count(*)::int as n, count(*) filter (where state = 'done')::int as done from velella_fire",
  );
  expect(fires[0]?.done).toBe(ticks.length);
  // The last one may have been made when nobody was left to take it.
  expect(fires[0]?.n).toBeLessThanOrEqual(ticks.length + 1);
});

test("a job stops after numberOfExecutions, leaves out ticks while it is at work, and its errors are history", async () => {
  const { engine } = await ownSchema(tests);
  let twice = 0;
  let atWork = 0;
  let most = 0;
  engine.jobs.add({ name: "twice", schedule: "* * * * * *", numberOfExecutions: 2, handler: () => void twice++ });
  engine.jobs.add({ name: "breaks", schedule: { interval: 100 }, handler: () => Promise.reject(new Error("broken job")) });
  engine.jobs.add({
    name: "slow",
    schedule: { interval: 50 },
    handler: async () => {
      most = Math.max(most, ++atWork);
      await pause(180);
      atWork--;
    },
  });
  // A third second of the clock, in which the first job would tick again.
  let seconds = 0;
  engine.jobs.add({ name: "clock", schedule: "* * * * * *", handler: () => void seconds++ });
  await engine.start();
  await eventually(
    () => seconds >= 4 && twice >= 2,
    (all) => all,
  );
  expect([twice, most]).toStrictEqual([2, 1]);
  const [broken] = await eventually(
    () => engine.jobs.history("breaks", { state: "failed", take: 1 }),
    (runs) => runs.length > 0,
  );
  expect(broken).toMatchObject({ job: "breaks", state: "failed", error: expect.stringContaining("broken job") });
});

test("ticks run beside each other where the job allows it, and each once", async () => {
  const { engine } = await ownSchema(tests);
  const ticks: number[] = [];
  let atWork = 0;
  let most = 0;
  engine.jobs.add({
    name: "beside",
    schedule: { interval: 50 },
    numberOfExecutions: 8,
    concurrency: "allow",
    handler: async ({ tick }) => {
      ticks.push(tick.getTime());
      most = Math.max(most, ++atWork);
      await pause(200);
      atWork--;
    },
  });
  await engine.start();
  await eventually(
    () => engine.jobs.history("beside", { state: "done" }),
    (runs) => runs.length === 8,
  );
  expect(ticks).toHaveLength(8);
  expect(new Set(ticks).size).toBe(8);
  expect(most).toBeGreaterThan(1);
});

test("a tick that is made while the one before it is being made, by another instance or slowly, is left out as well", async () => {
  const { connection } = tests;
  // Holds each tick back for longer than it takes until the next one.
  const slow: SqlConnection = {
    ...connection,
    query: (text, params, name) =>
      name?.startsWith("velella_tick")
        ? connection.transaction(async (transaction) => {
            const made = await transaction.query<never>(text, params);
            if (made.rowCount) await pause(250);
            return made;
          })
        : connection.query<never>(text, params, name),
  };
  const { engine, another } = await ownSchema(tests, () => ({ connection: slow }));
  const engines = [engine, another()];
  let [ticks, atWork, most] = [0, 0, 0];
  const handler = async () => {
    ticks++;
    most = Math.max(most, ++atWork);
    await pause(300);
    atWork--;
  };
  for (const one of engines) one.jobs.add({ name: "one-by-one", schedule: { interval: 100 }, handler });
  for (const one of engines) await one.start();
  await eventually(
    () => ticks,
    (n) => n >= 4,
  );
  for (const one of engines) await one.stop();
  expect(most).toBe(1);
});

test("missed ticks are skipped, or caught up once", async () => {
  const { engine, another, query } = await ownSchema(tests);
  const noop = () => undefined;
  for (const name of ["skips", "catches"]) engine.jobs.add({ name, schedule: "0 0 1 1 *", handler: noop });
  await engine.start();
  await engine.stop();
  await query("update velella_job set last_tick = now() - interval '5 years'");
  const later = another();
  const ran: string[] = [];
  later.jobs.add({ name: "skips", schedule: "0 0 1 1 *", handler: ({ name }) => void ran.push(name) });
  later.jobs.add({ name: "catches", schedule: "0 0 1 1 *", catchUp: "once", handler: ({ name }) => void ran.push(name) });
  await later.start();
  await eventually(
    () => ran.length,
    (n) => n > 0,
  );
  await pause(100);
  expect(ran).toStrictEqual(["catches"]);
});

test.each([
  { what: "every second", schedule: "* * * * * *" },
  { what: "an interval", schedule: { interval: 7 } },
  { what: "a second of a day of the year", schedule: "* * * 1 1 *" },
  { what: "a leap day", schedule: "0 0 29 2 *" },
])("the last tick that was missed is found at once: $what", ({ schedule }) => {
  const ticks = ticksOf("job", schedule, "Europe/Berlin");
  const [from, to] = [new Date("2017-03-04T05:06:07.008Z"), new Date("2027-10-11T12:13:14.015Z")];
  const since = performance.now();
  const last = lastTickBetween(ticks, from, to);
  // One after the other would take minutes.
  expect(performance.now() - since).toBeLessThan(5_000);
  expect(last && last < to).toBe(true);
  const next = last && ticks.after(last);
  expect(next && next >= to).toBe(true);
});

test("there may be no tick, or only one, between two moments", () => {
  const ticks = ticksOf("job", { interval: 1000 });
  expect(lastTickBetween(ticks, new Date(1000), new Date(2000))).toBeUndefined();
  expect(lastTickBetween(ticks, new Date(999), new Date(2000))).toStrictEqual(new Date(1000));
  expect(lastTickBetween(ticks, new Date(5000), new Date(4000))).toBeUndefined();
});

test("days of ticks that were missed do not hold up the start, and the newest of them is run", async () => {
  const { engine, query } = await ownSchema(tests);
  const schedule = "* * * * * *";
  engine.jobs.add({ name: "j", schedule, timezone: "Europe/Berlin", catchUp: "once", handler: () => undefined });
  await query(
    `insert into velella_job (name, schedule, last_tick) values ('j', '["${schedule}","Europe/Berlin",null]', now() - interval '3 days')`,
  );
  await engine.start();
  const [first] = await eventually(
    () => query<{ age: number }>("select extract(epoch from now() - tick)::float8 as age from velella_fire order by tick"),
    (rows) => rows.length > 0,
  );
  expect(first?.age).toBeLessThan(10);
});

test("a scheduled workflow leaves out ticks while a run of it goes on in the background", async () => {
  const { engine, query } = await ownSchema(tests);
  const name = `background-${Math.random()}`;
  const wait = createStep({ name: "wait", async: true }, async () => undefined);
  createWorkflow({ name, schedule: { interval: 100 } }, () => void wait());
  await engine.start();
  type Run = { transaction_id: string; live: boolean };
  const runs = () => query<Run>(`select transaction_id, finished_at is null as live from velella_execution where workflow_id = '${name}'`);
  const [first] = await eventually(runs, (found) => found.length > 0);
  await pause(500);
  expect(await runs()).toHaveLength(1);
  const stepOfRun = { workflowId: name, transactionId: first?.transaction_id ?? "", stepId: "wait" };
  await engine.setStepSuccess({ idempotencyKey: stepOfRun });
  const next = await eventually(runs, (found) => found.some(({ transaction_id }) => transaction_id !== first?.transaction_id));
  expect(next.filter(({ live }) => live)).toHaveLength(1);
  // What was put aside does not go on: it keeps nobody out.
  await query(`update velella_execution set parked = 'by hand', owner = null where workflow_id = '${name}'`);
  const again = await eventually(runs, (found) => found.filter(({ live }) => live).length === 2);
  expect(again.filter(({ live }) => live)).toHaveLength(2);
  await engine.stop();
});

test("a stored schedule that cannot be read hides no other job", async () => {
  const { engine, query } = await ownSchema(tests);
  await query(`insert into velella_job (name, schedule) values
    ('broken', 'no JSON'), ('good', '["0 0 * * *",null,null]'), ('old', '["0 0 * * *","Mars/Olympus",null]')`);
  expect(await engine.jobs.overview()).toMatchObject([
    { name: "broken", schedule: "no JSON", next_tick: null, schedule_error: expect.stringContaining("JSON") },
    { name: "good", next_tick: expect.any(Date), schedule_error: null },
    { name: "old", timezone: "Mars/Olympus", next_tick: null, schedule_error: expect.stringContaining('The schedule of job "old"') },
  ]);
});

test("a scheduled workflow runs once per tick", async () => {
  const { engine, another } = await ownSchema(tests);
  let runs = 0;
  const step = createStep("scheduled-step", async () => void runs++);
  createWorkflow({ name: `scheduled-${Math.random()}`, schedule: { interval: 100, numberOfExecutions: 2 } }, () => void step());
  // Workflows of the process are seen by every engine; this one was defined outside of any app.
  const own = another();
  await engine.start();
  await own.start();
  await eventually(
    () => runs,
    (n) => n === 2,
  );
  await pause(300);
  expect(runs).toBe(2);
});

test("cron in a timezone, over the changes of daylight saving", () => {
  const all = (pattern: string, from: string, n: number) => {
    const ticks = ticksOf("job", pattern, "Europe/Berlin");
    const found: string[] = [];
    for (let at = ticks.after(new Date(from)); at && found.length < n; at = ticks.after(at)) found.push(at.toISOString());
    return found;
  };
  expect(all("30 2 * * *", "2027-03-26T12:00:00Z", 3)).toStrictEqual([
    "2027-03-27T01:30:00.000Z",
    "2027-03-28T01:00:00.000Z",
    "2027-03-29T00:30:00.000Z",
  ]);
  expect(all("30 2 * * *", "2027-10-29T12:00:00Z", 3)).toStrictEqual([
    "2027-10-30T00:30:00.000Z",
    "2027-10-31T00:30:00.000Z",
    "2027-11-01T01:30:00.000Z",
  ]);
  const hourly = all("0 * * * *", "2027-10-30T22:30:00Z", 5);
  expect(hourly.map((at, i) => (i ? Date.parse(at) - Date.parse(hourly[i - 1] ?? "") : 0)).slice(1)).toStrictEqual([
    3600_000, 3600_000, 3600_000, 3600_000,
  ]);
});

test("the history says of each tick when it was run, how long that took and how it ended; the overview what comes next", async () => {
  const { engine } = await ownSchema(tests);
  let runs = 0;
  engine.jobs.add({
    name: "measured",
    schedule: { interval: 300 },
    numberOfExecutions: 2,
    handler: async () => {
      await pause(60);
      if (++runs === 2) throw new Error("The second one fails.");
    },
  });
  engine.jobs.add({ name: "yearly", schedule: { cron: "0 7 1 1 *" }, timezone: "Europe/Berlin", handler: () => undefined });
  await engine.start();
  const runsOf = () => engine.jobs.history("measured");
  const [second, first] = await eventually(runsOf, (found) => found.length === 2 && found.every(({ finished_at }) => finished_at));
  expect(first).toMatchObject({ job: "measured", state: "done", attempts: 1, error: null });
  expect(first?.duration).toBeGreaterThanOrEqual(55);
  const between = (first?.finished_at?.getTime() ?? 0) - (first?.started_at?.getTime() ?? 0);
  expect(Math.abs((first?.duration ?? 0) - between)).toBeLessThanOrEqual(1);
  expect(first?.started_at?.getTime()).toBeGreaterThanOrEqual(first?.tick.getTime() ?? Infinity);
  expect(second).toMatchObject({ state: "failed", error: expect.stringMatching(/^Error: The second one fails\.\n.*jobs\.test/s) });
  expect(await engine.jobs.history("measured", { state: "done" })).toMatchObject([{ job: "measured", tick: first?.tick }]);
  expect((await engine.jobs.history()).filter(({ job }) => job === "measured")).toStrictEqual([second, first]);
  expect(await engine.jobs.history("yearly")).toStrictEqual([]);
  // There may be scheduled workflows of the process beside them.
  const jobs = await engine.jobs.overview();
  const [measured, yearly] = ["measured", "yearly"].map((name) => jobs.find((job) => job.name === name));
  expect(measured).toMatchObject({
    name: "measured",
    schedule: { interval: 300 },
    executions: 2,
    numberOfExecutions: 2,
    next_tick: null,
    instances: 1,
    last_run: { state: "failed", tick: second?.tick },
  });
  expect(yearly).toMatchObject({ name: "yearly", timezone: "Europe/Berlin", executions: 0, last_run: null });
  expect(yearly?.next_tick?.toISOString()).toMatch(/-01-01T06:00:00.000Z$/);
});

test.each<[schedule: unknown, timezone: unknown, message: string]>([
  ["every day", undefined, '"every day", cannot be used: CronPattern'],
  ["", undefined, '"", cannot be used: the cron expression is empty.'],
  ["  ", undefined, '"  ", cannot be used: the cron expression is empty.'],
  [{ cron: "" }, undefined, "{ cron: '' }, cannot be used: the cron expression is empty."],
  [{}, undefined, "{}, cannot be used: it is neither a cron expression nor an interval."],
  [5, undefined, "5, cannot be used: it is neither a cron expression nor an interval."],
  [null, undefined, "null, cannot be used: it is neither a cron expression nor an interval."],
  [{ interval: 0 }, undefined, "{ interval: 0 }, cannot be used: the interval is no positive number."],
  [{ interval: NaN }, undefined, "{ interval: NaN }, cannot be used: the interval is no positive number."],
  [{ interval: "5" }, undefined, "{ interval: '5' }, cannot be used: the interval is no positive number."],
  [{ interval: 1e16 }, undefined, "the interval is longer than the 8640000000000000 ms that dates go up to."],
  ["* * * * *", "Mars/Olympus", 'its timezone "Mars/Olympus" is not known; expected an IANA name, such as "Europe/Berlin".'],
  [{ interval: 1000 }, "Mars/Olympus", 'its timezone "Mars/Olympus" is not known'],
])("a schedule that cannot be used is refused: %j in %j", (schedule, timezone, message) => {
  expect(() => ticksOf("bad", schedule as JobSchedule, timezone as string)).toThrow(message);
  expect(() => ticksOf("bad", schedule as JobSchedule, timezone as string)).toThrow('The schedule of job "bad", ');
});

test("a job whose time never comes is told of at the start, and when it is added later", async () => {
  const warnings: string[] = [];
  const logger = { ...silentLogger(), warn: (line: string) => void warnings.push(line) } as Logger;
  const { engine } = await ownSchema(tests, () => ({ logger }));
  const handler = () => undefined;
  engine.jobs.add({ name: "february", schedule: "0 0 30 2 *", handler, source: "src/jobs/february.ts" });
  engine.jobs.add({ name: "leap", schedule: "0 0 29 2 *", handler });
  await engine.start();
  engine.jobs.add({ name: "april", schedule: { cron: "0 0 31 4 *" }, handler });
  expect(warnings.filter((line) => line.includes("never runs"))).toStrictEqual([
    'The job "february" (src/jobs/february.ts) never runs: its schedule, "0 0 30 2 *", has no time to come',
    'The job "april" never runs: its schedule, {"cron":"0 0 31 4 *"}, has no time to come',
  ]);
});
