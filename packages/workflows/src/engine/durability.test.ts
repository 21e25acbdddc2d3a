import { createAppRegistries, loadInto } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hasPgBouncer, startPgBouncer } from "@velella/data/testing";
import type { Pooler } from "@velella/data/testing";
import { poolerOptions } from "../testing/pooler-options";
import { createPgConnection, createStep, createWorkflow, StepResponse, WorkflowResponse } from "../index";
import type { ChildOptions } from "../testing/engine-child";
import { compileChildren, startChild } from "../testing/start-child";
import type { Child } from "../testing/start-child";
import { eventually, testEngines } from "../testing/test-engine";
import { World } from "../testing/world";

// Real processes, real signals, a real database.
const tests = testEngines();
const children: Child[] = [];
let world: World;
let pooler: Pooler | undefined;

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
afterEach(() => {
  for (const child of children.splice(0)) child.process.kill("SIGKILL");
});

function start({ pooled, ...options }: ChildOptions): Child {
  const child = startChild(pooled && pooler ? pooler.urlOf(tests.url) : tests.url, { ...options, ...(pooled !== undefined && { pooled }) });
  children.push(child);
  return child;
}

const execution = async (transactionId: string) =>
  (
    await tests.connection.query<{ state: string; epoch: number; parked: string | null }>(
      "select * from velella_execution where transaction_id = $1",
      [transactionId],
    )
  ).rows[0];

describe("with sessions: advisory locks, LISTEN, prepared statements", () => {
  survives(false);
});
describe.skipIf(!hasPgBouncer())("without any, through PgBouncer in transaction mode (needs the program pgbouncer)", () => {
  survives(true);
});

function survives(pooled: boolean): void {
  let connection: SqlConnection;
  beforeAll(() => {
    connection =
      pooled && pooler ? createPgConnection({ url: pooler.urlOf(tests.url), poolSize: 30, preparedStatements: false }) : tests.connection;
  });
  afterAll(async () => {
    await tests.stop();
    if (pooled) await connection.close();
  });
  const engineOf: typeof tests.engine = (options) => tests.engine({ connection, ...(pooled && poolerOptions), ...options });

  test("a process frozen past its lease writes nothing stale when it goes on", async () => {
    const id = `frozen-${pooled}`;
    const options: ChildOptions = { leaseSeconds: 0.6, pooled };
    const frozen = start({ ...options, run: ["freezes", id] });
    await frozen.says("lingering");
    frozen.process.kill("SIGSTOP");
    const other = start({ ...options, start: true });
    const ended = await eventually(
      () => execution(id),
      (found) => found?.state === "done",
    );
    expect(ended).toMatchObject({ state: "done", epoch: 2 });
    expect(other.lines).toContain("lingering");
    const after = await world.look(id);
    expect(after).toStrictEqual(["after#1", "before#1", "lingered=yes"]);
    frozen.process.kill("SIGCONT");
    // Whoever waits in the frozen process gets the result of the one that went on.
    expect(JSON.parse(await frozen.says(/^{/))).toMatchObject({ result: "the end", transaction: { state: "done" } });
    expect(await world.look(id)).toStrictEqual(after);
    const [kept] = (
      await tests.connection.query<{ output: string }>(
        "select s.* from velella_step s join velella_execution e on e.id = s.execution_id where transaction_id = $1 and key = 'linger'",
        [id],
      )
    ).rows;
    expect(kept?.output).toBe(String(other.process.pid));
  });

  test("a killed process is followed: at once, or where there are no advisory locks when its lease is over", async () => {
    const options: ChildOptions = { leaseSeconds: pooled ? 0.6 : 30, pooled };
    const killed = start({ ...options, run: ["freezes", `killed-${pooled}`] });
    await killed.says("lingering");
    killed.process.kill("SIGKILL");
    start({ ...options, start: true });
    expect(
      await eventually(
        () => execution(`killed-${pooled}`),
        (found) => found?.state === "done",
      ),
    ).toMatchObject({ state: "done" });
    expect(await world.look(`killed-${pooled}`)).toStrictEqual(["after#1", "before#1", "lingered=yes"]);
  });

  // Up to six processes, most of which start when the one before has ended.
  test("a run that always kills its process is parked, with the reason, and takes no other with it", { timeout: 60_000 }, async () => {
    const options: ChildOptions = { parkAfter: 3, pooled, ...(pooled && { leaseSeconds: 0.5 }) };
    const first = start({ ...options, run: ["poison", `poison-${pooled}`] });
    expect(await first.ended).toBe("SIGKILL");
    const healthyName = `healthy-${pooled}`;
    const second = start({ ...options, start: true, run: ["healthy", healthyName] });
    await second.ended;
    // It may have been killed before that run was written.
    const isLeft = async () => !(await execution(healthyName)) && !(await world.look(healthyName)).length;
    // From the second death on it is a suspect: it runs alone, and only when there is nothing else to do.
    for (let i = 0; i < 4 && !(await execution(`poison-${pooled}`))?.parked; i++) {
      const next = start({ ...options, start: true, ...((await isLeft()) && { run: ["healthy", healthyName] }) });
      await Promise.race([
        next.ended,
        eventually(
          () => execution(`poison-${pooled}`),
          (found) => Boolean(found?.parked),
          8,
        ).catch(() => undefined),
      ]);
    }
    expect((await execution(`poison-${pooled}`))?.parked).toBe("Its process ended 3 times in a row before the run got further.");
    // Whether it ended before the process was killed or was taken up after it: each step counts once.
    const healthy = await eventually(
      () => world.look(healthyName),
      (steps) => steps.length === 2,
    );
    expect(healthy).toStrictEqual(["started#1", "worked#1"]);
    expect(await world.look(`poison-${pooled}`)).toStrictEqual(["tasted#1"]);
    const { engine } = engineOf();
    expect(await engine.listWorkflowExecutions({ transaction_id: `poison-${pooled}` })).toMatchObject([
      { execution: { parked: expect.stringContaining("3 times") } },
    ]);
    await tests.connection.query("delete from velella_execution");
  });

  // Five processes, one after the other.
  test("a run that rests between the deaths of its processes is not taken for one that kills them", { timeout: 60_000 }, async () => {
    const id = `perseveres-${pooled}`;
    const options: ChildOptions = { parkAfter: 2, pooled, ...(pooled && { leaseSeconds: 0.5 }), start: true };
    const settled = () =>
      eventually(
        () => execution(id),
        (found) => found?.state === "done" || Boolean(found?.parked),
        10,
      );
    for (let deaths = 0; deaths < 4; deaths++) {
      const child = start({ ...options, ...(deaths === 0 && { run: ["perseveres", id] }) });
      expect(await Promise.race([child.ended, settled()])).toBe("SIGKILL");
    }
    start(options);
    expect(await settled()).toMatchObject({ state: "done", parked: null });
  });

  test("runs survive that every connection of the database is cut, again and again", async () => {
    const { engine, container } = engineOf();
    await engine.start();
    let effects = 0;
    const plain = createStep("plain", async () => {
      effects++;
      await new Promise((resolve) => setTimeout(resolve, 5));
      return new StepResponse(1);
    });
    const counted = createStep({ name: "counted", transactional: true }, async (_: void, { context, transactionId }) => {
      await context.transactionManager?.execute(`insert into counter values (?, 'cut-${pooled}', 1)`, [transactionId]);
    });
    const workflow = createWorkflow(`cut-off-${pooled}`, () => {
      plain();
      counted();
      plain().config({ name: "plain-again" });
      counted().config({ name: "never-twice", maxRetries: 0, continueOnPermanentFailure: true });
      return new WorkflowResponse("through");
    });
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
    const runs = [];
    for (let n = 0; n < 60; n++) {
      runs.push(workflow(container).run({ transactionId: `cut-${pooled}-${n}`, throwOnError: false }));
      await new Promise((resolve) => setTimeout(resolve, 30));
      if (n % 10 === 5) await tests.connection.query(cut).catch(() => undefined);
    }
    const results = await Promise.all(runs);
    expect(new Set(results.map(({ transaction, result }) => `${transaction.getState()}: ${String(result)}`))).toStrictEqual(
      new Set(["done: through"]),
    );
    expect(effects).toBeGreaterThanOrEqual(120);
    const { rows } = await tests.connection.query<{ n: number }>(`select count(*)::int as n from counter where thing = 'cut-${pooled}'`);
    expect(rows[0]?.n).toBe(60);
  });

  test("after a deploy a run goes on if its steps are still there, and is parked with the reason if not", async () => {
    const steps: string[] = [];
    const step = (name: string) => createStep(name, async () => void steps.push(name));
    const wait = createStep({ name: "wait", async: true }, async () => undefined);
    const define = (names: string[], version?: number) => {
      const registries = createAppRegistries();
      loadInto(registries, "deployed.ts", () => {
        createWorkflow({ name: `deployed-${pooled}`, store: true, ...(version !== undefined && { version }) }, () => {
          for (const name of names)
            if (name === "wait") wait();
            else step(name)();
        });
      });
      return engineOf({ registries }).engine;
    };
    const before = define(["a", "wait", "b"]);
    for (const id of [`grows-${pooled}`, `shrinks-${pooled}`, `versioned-${pooled}`])
      await before.run(`deployed-${pooled}`, { transactionId: id });
    await eventually(
      () => steps.length,
      (n) => n === 3,
    );
    await eventually(
      async () =>
        (
          await tests.connection.query("select 1 from velella_execution where owner is null and finished_at is null and workflow_id = $1", [
            `deployed-${pooled}`,
          ])
        ).rowCount,
      (n) => n === 3,
    );
    await before.stop();
    const answer = (id: string) => ({ idempotencyKey: { transactionId: id, stepId: "wait", workflowId: `deployed-${pooled}` } });

    const grown = define(["a", "wait", "new", "b"]);
    await grown.start();
    await grown.setStepSuccess(answer(`grows-${pooled}`));
    expect(
      await eventually(
        () => execution(`grows-${pooled}`),
        (found) => found?.state === "done",
      ),
    ).toMatchObject({ state: "done" });
    expect(steps).toStrictEqual(["a", "a", "a", "new", "b"]);
    await grown.stop();

    const shrunk = define(["wait", "b"]);
    await shrunk.start();
    await shrunk.setStepSuccess(answer(`shrinks-${pooled}`));
    expect(
      (
        await eventually(
          () => execution(`shrinks-${pooled}`),
          (found) => Boolean(found?.parked),
        )
      )?.parked,
    ).toContain('The code no longer has the step "a", which has run.');
    await shrunk.stop();

    const next = define(["a", "wait", "b"], 2);
    await next.start();
    await next.setStepSuccess(answer(`versioned-${pooled}`));
    expect(
      (
        await eventually(
          () => execution(`versioned-${pooled}`),
          (found) => Boolean(found?.parked),
        )
      )?.parked,
    ).toContain('version "" of the workflow, and the code has version "2"');
  });
}

test.each<[name: string, options: ChildOptions, epoch: number]>([
  ["which the thread keeps, has its run to itself", { blockedLoopSeconds: 300 }, 1],
  ["which the thread keeps although the clock was set back meanwhile, has its run to itself", { clockAheadMs: 3_600_000 }, 1],
  ["for longer than it may, loses its run", { blockedLoopSeconds: 1 }, 2],
])("a process whose event loop is blocked past its lease, %s", async (name, given, epoch) => {
  const id = `blocked ${name}`;
  const options: ChildOptions = { leaseSeconds: 2, sessionLock: false, ...given };
  // Up before the other one blocks, which is not for long.
  const other = start({ ...options, start: true });
  await other.says("ready");
  const blocked = start({ ...options, run: ["blocks", id] });
  await blocked.says("blocking");
  const ended = await eventually(
    () => execution(id),
    (found) => found?.state === "done",
    15,
  );
  expect(ended).toMatchObject({ state: "done", epoch });
  expect(other.lines.includes("blocking")).toBe(epoch > 1);
  expect(await world.look(id)).toStrictEqual(["after#1", "before#1"]);
});
