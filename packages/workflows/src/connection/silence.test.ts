import { setTimeout as sleep } from "node:timers/promises";
import { isConnectionError } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createPgConnection, createStep, createWorkflow, createWorkflowEngine, isTransient, StepResponse } from "../index";
import { createTestDatabase, silentProxy } from "@velella/data/testing";
import type { SilentProxy, TestDatabase } from "@velella/data/testing";
import { eventually } from "../testing/test-engine";

// A host that vanishes: nothing is refused, nothing is closed, and nothing is said any more.

let database: TestDatabase;
let proxy: SilentProxy;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  proxy = await silentProxy(database.url);
});
afterEach(() => proxy.close());
afterAll(() => database.drop());

const open = (options: object = {}) => createPgConnection({ url: proxy.url, statement_timeout: 500, poolSize: 3, ...options });

test("a statement that nobody answers fails as on a connection that broke, in a transaction too", async () => {
  const connection = open();
  await connection.query("select 1");
  const begun = performance.now();
  let inside: unknown;
  const transaction = connection.transaction(async (executor) => {
    await executor.query("select 1");
    proxy.vanish();
    await executor.query("select 2").catch((error: unknown) => (inside = error));
  });
  await expect(transaction).rejects.toSatisfy(isTransient);
  expect(inside).toSatisfy(isConnectionError);
  expect(inside).toMatchObject({ code: "ETIMEDOUT", message: expect.stringContaining("has said nothing for 2.55 s") as string });
  expect(performance.now() - begun).toBeLessThan(15_000);
  proxy.comeBack();
  expect((await connection.query("select 3 as n")).rows).toStrictEqual([{ n: 3 }]);
  await connection.close();
});

test("what takes as long as it may is answered; what may take longer is waited for; who asks nothing is left alone", async () => {
  const connection = open({ statement_timeout: 300 });
  await expect(connection.query("select pg_sleep(3)")).rejects.toMatchObject({ code: "57014" });
  const long = await connection.transaction(async (executor) => {
    await executor.query("set local statement_timeout = 0");
    return executor.query("select pg_sleep(3), 1 as n");
  });
  expect(long.rows).toMatchObject([{ n: 1 }]);
  const quick = open();
  await quick.transaction(async (executor) => {
    await executor.query("select 1");
    await sleep(2700);
    await executor.query("select 1");
  });
  await quick.close();
  await connection.close();
});

test("connecting to a host that is not there ends, and waiting for a free connection does not count", async () => {
  const connection = open({ connectTimeoutMs: 1000, poolSize: 1, statement_timeout: 5000 });
  const [, second] = await Promise.all([connection.query("select pg_sleep(1.2)"), connection.query("select 1 as n")]);
  expect(second.rows).toStrictEqual([{ n: 1 }]);
  await connection.close();
  proxy.vanish();
  const lost = open({ connectTimeoutMs: 300 });
  await expect(lost.query("select 1")).rejects.toSatisfy(isTransient);
  await lost.close();
});

test("runs go on when a host came in the place of one that vanished, and lose nothing", async () => {
  const direct = createPgConnection({ url: database.url });
  await direct.query("create table effect (run text, step text, n int not null, primary key (run, step))");
  const count = `insert into effect as e values ($1, $2, 1) on conflict (run, step) do update set n = e.n + 1`;
  const plain = (name: string) => createStep(name, async (run: string) => (await direct.query(count, [run, name]), new StepResponse(run)));
  const exact = (name: string) =>
    createStep({ name, transactional: true }, async (run: string, { context }) => {
      await context.transactionManager?.execute(count, [run, name]);
      await sleep(20);
      return new StepResponse(run);
    });
  const workflow = createWorkflow({ name: "vanishing", store: true }, (run: string) => {
    for (const step of [plain("a"), exact("b"), plain("c"), exact("d"), plain("e")]) step(run);
  });
  const connection = open({ poolSize: 8, connectTimeoutMs: 500, statement_timeout: 1500 });
  const engine = createWorkflowEngine({ connection, pollInterval: 50 });
  await engine.migrate();
  await engine.start();
  const runs = Array.from({ length: 30 }, (_, i) => `run-${i}`);
  const outcomes = Promise.allSettled(runs.map((run) => engine.run(workflow, { input: run, transactionId: run })));
  await sleep(60);
  proxy.vanish();
  await sleep(300);
  proxy.comeBack();
  const done = async () => (await direct.query("select from velella_execution where state = 'done'")).rowCount;
  expect(await eventually(done, (n) => n === runs.length)).toBe(runs.length);
  expect((await outcomes).map(({ status }) => status)).toStrictEqual(runs.map(() => "fulfilled"));
  const { rows } = await direct.query<{ step: string; runs: number; most: number }>(
    "select step, count(*)::int as runs, max(n) as most from effect group by step order by step",
  );
  expect(rows.map(({ step, runs: n }) => [step, n])).toStrictEqual(["a", "b", "c", "d", "e"].map((step) => [step, runs.length]));
  expect(rows.filter(({ step }) => step === "b" || step === "d").map(({ most }) => most)).toStrictEqual([1, 1]);
  await engine.stop();
  await connection.close();
  await direct.close();
});
