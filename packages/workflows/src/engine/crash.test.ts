import { asValue, createContainer } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, hasPgBouncer, startPgBouncer } from "@velella/data/testing";
import type { Pooler, TestDatabase } from "@velella/data/testing";
import { createPgConnection, createWorkflowEngine } from "../index";
import type { WorkflowEngine } from "../index";
import { checkEnd, inCrashChild, stepKeysOf } from "../testing/crash-runs";
import type { StepKeys } from "../testing/crash-runs";
import { crashSubscriber } from "../testing/crash-workflows";
import { compileChildren } from "../testing/start-child";
import { World } from "../testing/world";

// Real processes that kill themselves with SIGKILL at every boundary between statements of a run, one after the other;
// another instance, this process, takes each run to its end.

/** All boundaries, however long that takes. */
const all = process.env.CRASH_ALL === "1";
// Most of a round is the start of Node.js.
const atOnce = 4;

let database: TestDatabase;
let pooler: Pooler | undefined;
let connection: SqlConnection;
let engine: WorkflowEngine;
let world: World;

beforeAll(async () => {
  compileChildren();
  database = await createTestDatabase();
  if (hasPgBouncer()) pooler = await startPgBouncer(database.url);
  connection = createPgConnection({ url: database.url });
  world = new World(connection);
  await world.create();
  const container = createContainer();
  container.register({ world: asValue(world) });
  engine = createWorkflowEngine({ connection, container, parkAfter: 3 });
  await engine.migrate();
  engine.subscribers.add(crashSubscriber(world));
  await engine.start();
});

afterAll(async () => {
  await engine.stop();
  await connection.close();
  await database.drop();
  await pooler?.stop();
});

/** Seconds of the lease where there is no lock, and a death shows only when it is over. */
const leaseSeconds = 0.5;

const inChild = (transaction: string, fail: boolean, pooled: boolean, dieAt?: number) =>
  inCrashChild({
    url: pooled && pooler ? pooler.urlOf(database.url) : database.url,
    transaction,
    fail,
    pooled,
    ...(dieAt !== undefined && (pooled ? { dieAt, leaseSeconds } : { dieAt, stops: true })),
  });

/** Waits until a run has ended and its event is delivered. */
async function ended(transaction: string, fail: boolean): Promise<void> {
  const since = performance.now();
  for (;;) {
    const { rowCount } = await connection.query(`select 1 from velella_execution where finished_at is null and transaction_id = $1`, [
      transaction,
    ]);
    if (!rowCount && (fail || (await world.told(transaction)))) return;
    expect(performance.now() - since).toBeLessThan(15_000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Undisturbed {
  /** The boundaries that it passes. */
  passed: string[];
  keys: StepKeys;
}
const known = new Map<string, Undisturbed>();
/** A run that nobody kills. */
async function undisturbed(fail: boolean, pooled: boolean): Promise<Undisturbed> {
  const transaction = `undisturbed-${fail}-${pooled}`;
  let run = known.get(transaction);
  if (!run) {
    const end = await inChild(transaction, fail, pooled);
    const passed = typeof end === "object" && "passed" in end ? end.passed : [];
    expect(passed.length).toBeGreaterThan(20);
    await ended(transaction, fail);
    run = { passed, keys: await stepKeysOf(world, transaction) };
    expect(await checkEnd(world, transaction, { fail, keys: run.keys, label: "undisturbed" })).toBe(0);
    known.set(transaction, run);
  }
  return run;
}

/** The boundaries at which to kill. */
async function boundariesOf(fail: boolean, pooled: boolean): Promise<number[]> {
  const { passed } = await undisturbed(fail, pooled);
  const boundaries = passed.map((_, i) => i + 1);
  if (all) return boundaries;
  // A pooler changes when a death is noticed, not what is written.
  if (pooled) return boundaries.filter((boundary) => boundary % 6 === 1);
  if (!fail) return boundaries;
  // Up to its failure, this run is the first again: what is new begins with the record of that, just before it turns round.
  const turn = passed.findIndex((statement) => statement.includes("set state = 'compensating'"));
  expect(turn).toBeGreaterThan(20);
  return boundaries.slice(turn - 2);
}

interface Kind {
  fail: boolean;
  pooled: boolean;
  keys: StepKeys;
}

interface Killed {
  boundary: number;
  /** Milliseconds from the death to the end of the run; undefined where nothing had happened by then. */
  resume: number | undefined;
  /** How often steps were made once more. */
  repeated: number;
}

/** Kills runs at these boundaries, all in one moment when nothing else is at work, and sees how they end. */
async function killAt(round: readonly number[], { fail, pooled, keys }: Kind, suffix = ""): Promise<Killed[]> {
  const name = (boundary: number) => `${fail}-${pooled}-${boundary}${suffix}`;
  const runs = await Promise.all(round.map((boundary) => inChild(name(boundary), fail, pooled, boundary)));
  await Promise.all(runs.flatMap((end) => (typeof end === "object" && "kill" in end ? [end.kill()] : [])));
  const since = performance.now();
  return Promise.all(
    round.map(async (boundary, i) => {
      const end = runs[i];
      // Without a lock a process that is slow may lose its run to this one before it gets there.
      const died = end === "killed" || (typeof end === "object" && "kill" in end);
      expect([boundary, died || pooled]).toStrictEqual([boundary, true]);
      const { rowCount } = await connection.query(`select 1 from velella_execution where transaction_id = $1`, [name(boundary)]);
      const hasBegun = rowCount === 1 || (await world.look(name(boundary))).length > 0;
      if (hasBegun) await ended(name(boundary), fail);
      const resume = hasBegun ? performance.now() - since : undefined;
      return { boundary, resume, repeated: (await checkEnd(world, name(boundary), { fail, keys, label: boundary })) ?? 0 };
    }),
  );
}

async function killEverywhere(fail: boolean, pooled: boolean): Promise<void> {
  const boundaries = await boundariesOf(fail, pooled);
  const kind = { fail, pooled, keys: (await undisturbed(fail, pooled)).keys };
  const killed: Killed[] = [];
  for (let i = 0; i < boundaries.length; i += atOnce) killed.push(...(await killAt(boundaries.slice(i, i + atOnce), kind)));
  // Killed before the run itself was written: nothing has happened, and nobody was told otherwise.
  const notBegun = killed.filter(({ resume }) => resume === undefined).map(({ boundary }) => boundary);
  expect(notBegun.filter((boundary) => boundary > 3)).toStrictEqual([]);
  // Some were killed between what a step did and its record.
  if (all || !pooled) expect(killed.reduce((sum, { repeated }) => sum + repeated, 0)).toBeGreaterThan(0);
  // A lease runs out first, where that is how a death shows; and Node.js starts for others meanwhile.
  const limit = pooled ? leaseSeconds * 1000 + 1500 : 1000;
  const inTime = ({ resume = 0 }: Killed) => resume < limit;
  // What a busy machine delayed is killed there once more, alone: that it takes so long in itself would show again.
  const late = killed.filter((one) => !inTime(one)).map(({ boundary }) => boundary);
  const again: Killed[] = [];
  for (const boundary of late) again.push(...(await killAt([boundary], kind, "-again")));
  const resumes = [...killed.filter(inTime), ...again].flatMap(({ resume }) => resume ?? []).toSorted((x, y) => x - y);
  const [median = 0, most = 0] = [resumes[Math.floor(resumes.length / 2)], resumes.at(-1)].map((ms) => Math.round(ms ?? 0));
  console.log(`${resumes.length} resumes: ${median} ms at the median, ${most} ms at most; ${late.length} of them killed twice`);
  expect(again.filter((one) => !inTime(one))).toStrictEqual([]);
  const { rows } = await connection.query<{ n: number }>(
    `select count(*)::int as n from velella_step where execution_id not in (select id from velella_execution where finished_at is not null)`,
  );
  expect(rows[0]?.n).toBe(0);
}

// Dozens of processes, each of which has to start.
const timeout = all ? 300_000 : 120_000;

describe("killed between any two statements: the same end as undisturbed, within a second", () => {
  test("forward", () => killEverywhere(false, false), timeout);
  test("with compensation", () => killEverywhere(true, false), timeout);
});

describe.skipIf(!hasPgBouncer())("the same through a transaction pooler (needs the program pgbouncer)", () => {
  test("forward", () => killEverywhere(false, true), timeout);
  test("with compensation", () => killEverywhere(true, true), timeout);
});
