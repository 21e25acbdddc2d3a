import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { asValue, createContainer } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPgConnection, createWorkflowEngine } from "../index";
import type { WorkflowEngine } from "../index";
import { World } from "../testing/crash-workflows";
import { hasPgBouncer, startPgBouncer } from "../testing/pgbouncer";
import type { Pooler } from "../testing/pgbouncer";
import { createTestDatabase } from "../testing/database";
import type { TestDatabase } from "../testing/database";

// Real processes that kill themselves with SIGKILL at every boundary between statements of a run, one after the other;
// another instance, this process, takes each run to its end.

const run = promisify(execFile);
const root = join(__dirname, "../../../..");
const child = join(__dirname, "../../dist/testing/crash-child.js");

/** All boundaries, however long that takes. */
const all = process.env.CRASH_ALL === "1";

let database: TestDatabase;
let pooler: Pooler | undefined;
let connection: SqlConnection;
let engine: WorkflowEngine;
let world: World;
const delivered = new Map<string, Set<string>>();

beforeAll(async () => {
  execFileSync(join(root, "node_modules/.bin/tsc"), ["-b", join(root, "packages/workflows")]);
  expect(existsSync(child)).toBe(true);
  database = await createTestDatabase();
  if (hasPgBouncer()) pooler = await startPgBouncer(database.url);
  connection = createPgConnection({ url: database.url });
  world = new World(connection);
  await world.create();
  const container = createContainer();
  container.register({ world: asValue(world) });
  engine = createWorkflowEngine({ connection, container, pollInterval: 50, parkAfter: 3 });
  await engine.migrate();
  engine.subscribers.add({
    id: "crash",
    events: ["crash.done"],
    handler: ({ id, data }) => {
      const { run: transaction } = data as { run: string };
      delivered.set(transaction, (delivered.get(transaction) ?? new Set()).add(id));
    },
  });
  await engine.start();
});

afterAll(async () => {
  await engine.stop();
  await connection.close();
  await database.drop();
  await pooler?.stop();
});

/** Runs the workflow in a process of its own; returns the boundaries it passed, or undefined when it was killed. */
async function inChild(transaction: string, fail: boolean, killAt: number, pooled: boolean): Promise<number | undefined> {
  try {
    const { stdout } = await run(process.execPath, [
      child,
      pooled && pooler ? pooler.urlOf(database.url) : database.url,
      transaction,
      fail ? "fail" : "work",
      String(killAt),
      ...(pooled ? ["pooled"] : []),
    ]);
    return Number(stdout);
  } catch (error) {
    if ((error as { signal?: string }).signal !== "SIGKILL") throw error;
    return undefined;
  }
}

async function settled(): Promise<number> {
  const since = performance.now();
  for (;;) {
    const { rows } = await connection.query<{ open: boolean }>(
      `select exists (select from velella_execution where finished_at is null) or exists (select from velella_task)
        or exists (select from velella_event where routed_at is null) as open`,
    );
    if (!rows[0]?.open) return performance.now() - since;
    expect(performance.now() - since).toBeLessThan(5000);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The world without what chance decides: the token, the same in both places, and the step that runs every other time. */
function normalised(lines: string[]): string[] {
  const token = lines.find((line) => line.startsWith("first="))?.slice(6);
  return lines
    .filter((line) => !line.startsWith("odd="))
    .map((line) => (token && line.endsWith(token) ? line.replace(token, "TOKEN") : line))
    .sort();
}

const counters = ["counted", "inner", "side", "together", "together-too"];
const things = ["first=TOKEN", "hook=4", "inner=4", "last=TOKEN", "left=l", "right=r"];
const afterSuccess = [...counters.map((counter) => `${counter}#1`), ...things].sort();
const afterFailure = counters.map((counter) => `${counter}#0`);

const cases: [name: string, fail: boolean, pooled: boolean, expected: string[]][] = [
  ["forward", false, false, afterSuccess],
  ["with compensation", true, false, afterFailure],
];
if (hasPgBouncer())
  cases.push(
    ["forward, through a transaction pooler", false, true, afterSuccess],
    ["with compensation, through a transaction pooler", true, true, afterFailure],
  );

test.each(cases)(
  "killed between any two statements, %s: the same end as undisturbed",
  async (_name, fail, pooled, expected) => {
    const undisturbed = `undisturbed-${fail}-${pooled}`;
    const passed = await inChild(undisturbed, fail, 0, pooled);
    await settled();
    expect(normalised(await world.look(undisturbed))).toStrictEqual(expected);
    if (!passed) throw new Error("The undisturbed run passed no boundary.");
    expect(passed).toBeGreaterThan(20);

    const resumes: number[] = [];
    // Up to its failure, the second run is the first again; a pooler changes when a death is noticed, not what is written.
    const chosen = (boundary: number) => (pooled ? boundary % 6 === 1 : !fail || boundary > 24);
    const boundaries = Array.from({ length: passed }, (_, i) => i + 1).filter((boundary) => all || chosen(boundary));
    // Four at a time: most of a round is the start of Node.js.
    for (let i = 0; i < boundaries.length; i += 4) {
      const round = boundaries.slice(i, i + 4).map((boundary) => ({ boundary, transaction: `${fail}-${pooled}-${boundary}` }));
      const started = await Promise.all(
        round.map(async ({ boundary, transaction }) => {
          const end = await inChild(transaction, fail, boundary, pooled);
          const { rows } = await connection.query<{ n: number }>(
            `select count(*)::int as n from velella_execution where transaction_id = $1`,
            [transaction],
          );
          return end === undefined && rows[0]?.n === 1;
        }),
      );
      const took = await settled();
      if (started.some(Boolean)) resumes.push(took);
      for (const { boundary, transaction } of round) {
        const lines = normalised(await world.look(transaction));
        // Killed before the run itself was written: nothing has happened, and nobody was told otherwise.
        if (lines.length === 0 && boundary <= 3) continue;
        expect([boundary, lines]).toStrictEqual([boundary, expected]);
        expect([boundary, delivered.get(transaction)?.size ?? 0]).toStrictEqual([boundary, fail ? 0 : 1]);
      }
    }
    resumes.sort((a, b) => a - b);
    // Without a lock a death shows only when the lease is over.
    const lease = pooled ? 400 : 0;
    expect(resumes[Math.floor(resumes.length / 2)]).toBeLessThan(500 + lease);
    expect(resumes.at(-1)).toBeLessThan(1500 + lease);
    const { rows } = await connection.query<{ n: number }>(
      `select count(*)::int as n from velella_step where execution_id not in (select id from velella_execution where finished_at is not null)`,
    );
    expect(rows[0]?.n).toBe(0);
  },
  all ? 300_000 : 60_000,
);
