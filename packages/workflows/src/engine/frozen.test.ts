import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hasPgBouncer, startPgBouncer } from "@velella/data/testing";
import type { Pooler } from "@velella/data/testing";
import type { ChildOptions } from "../testing/engine-child";
import { compileChildren, startChild } from "../testing/start-child";
import type { Child } from "../testing/start-child";
import { eventually, testEngines } from "../testing/test-engine";
import { World } from "../testing/world";

// A process that freezes inside a transaction holds rows locked, as one does whose machine is gone without a word. Real
// processes, stopped by SIGSTOP between the record of a transactional step and the commit.

const tests = testEngines();
let world: World;
let pooler: Pooler | undefined;
const children: Child[] = [];

beforeAll(async () => {
  compileChildren();
  await tests.open();
  world = new World(tests.connection);
  await world.create();
  if (hasPgBouncer()) pooler = await startPgBouncer(tests.url);
});
afterAll(async () => {
  await tests.close();
  await pooler?.stop();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.process.kill("SIGKILL");
  await tests.connection.query("delete from velella_execution");
});

function start(options: ChildOptions): Child {
  const child = startChild(options.pooled && pooler ? pooler.urlOf(tests.url) : tests.url, options);
  children.push(child);
  return child;
}

const execution = async (transactionId: string) =>
  (
    await tests.connection.query<{ state: string; epoch: number; owner: string | null }>(
      "select * from velella_execution where transaction_id = $1",
      [transactionId],
    )
  ).rows[0];
const isDone = (found: { state: string } | undefined) => found?.state === "done";

/** How many sessions on the database wait for a lock, and how many are idle inside of a transaction. */
async function sessions(): Promise<{ blocked: number; idle: number }> {
  const { rows } = await tests.connection.query<{ blocked: number; idle: number }>(
    `select count(*) filter (where wait_event_type = 'Lock')::int as blocked, count(*) filter (where state = 'idle in transaction')::int as idle
    from pg_stat_activity where datname = current_database()`,
  );
  return rows[0] ?? { blocked: 0, idle: 0 };
}

describe("with sessions", () => {
  freezes(false);
});
describe.skipIf(!hasPgBouncer())("through PgBouncer in transaction mode (needs the program pgbouncer)", () => {
  freezes(true);
});

function freezes(pooled: boolean): void {
  const options: ChildOptions = { leaseSeconds: 0.6, pooled };
  const answer = (transactionId: string) =>
    tests.engine().engine.setStepSuccess({ idempotencyKey: { workflowId: "waits", transactionId, stepId: "wait" } });

  /** A process that is frozen before its commit, past its lease, and another one with a run that waits. */
  async function frozenBesides(id: string, idleInTransaction: number) {
    const other = start({ ...options, start: true, run: ["waits", `${id}-healthy`] });
    await other.says(/^{/);
    const frozen = start({ ...options, run: ["freezes", id], pausesBeforeCommit: true, idleInTransaction });
    await frozen.says("before the commit");
    frozen.process.kill("SIGSTOP");
    await eventually(
      async () => (await tests.connection.query("select from velella_instance")).rowCount,
      (n) => n === 1,
    );
    return { frozen, other };
  }

  test("others go on as if nothing was, and take its run up when the server has ended its transaction", async () => {
    const id = `ended-${pooled}`;
    const { frozen } = await frozenBesides(id, 6000);
    await answer(`${id}-healthy`);
    expect(await eventually(() => execution(`${id}-healthy`), isDone)).toMatchObject({ state: "done" });
    // All this while the row is locked, and nobody stands before it for longer than a moment.
    await eventually(sessions, ({ blocked, idle }) => blocked === 0 && idle === 1, 3);
    expect(await execution(id)).toMatchObject({ state: "invoking", epoch: 1 });
    expect(await eventually(() => execution(id), isDone)).toMatchObject({ state: "done", epoch: 2 });
    const ended = ["after#1", "before#1", "lingered=yes"];
    expect(await world.look(id)).toStrictEqual(ended);
    frozen.process.kill("SIGCONT");
    expect(JSON.parse(await frozen.says(/^{/))).toMatchObject({ result: "the end", transaction: { state: "done" } });
    expect(await world.look(id)).toStrictEqual(ended);
  });

  test("when it goes on before that, its commit counts", async () => {
    const id = `thawed-${pooled}`;
    const { frozen } = await frozenBesides(id, 60_000);
    await answer(`${id}-healthy`);
    expect(await eventually(() => execution(`${id}-healthy`), isDone)).toMatchObject({ state: "done" });
    frozen.process.kill("SIGCONT");
    expect(JSON.parse(await frozen.says(/^{/))).toMatchObject({ result: "the end", transaction: { state: "done" } });
    expect(await world.look(id)).toStrictEqual(["after#1", "before#1", "lingered=yes"]);
  });
}
