import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createConnection, startEmbedded } from "@velella/data";
import type { EmbeddedDatabase } from "@velella/data";
import { asValue, createContainer, silentLogger } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { createPgConnection, createStep, createWorkflow, createWorkflowEngine, StepResponse, WorkflowResponse } from "@velella/workflows";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratchApp } from "../support/scratch-app";

const scratch = scratchApp({});
let embedded: EmbeddedDatabase;
beforeAll(async () => {
  embedded = await startEmbedded({ directory: join(scratch.directory, "postgres") });
});
afterAll(async () => {
  await embedded.stop();
  scratch.remove();
});

/** `pg_ctl stop -m immediate`: no checkpoint, all connections cut. The server is started again, and recovers from its log. */
function stopAtOnce(): void {
  process.kill(Number(readFileSync(join(embedded.dataDirectory, "postmaster.pid"), "utf8").split("\n", 1)[0]), "SIGQUIT");
}

async function until(holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  for (const giveUpAt = Date.now() + seconds * 1000; Date.now() < giveUpAt; await pause(20)) {
    const held = await Promise.resolve()
      .then(holds)
      .catch(() => false);
    if (held) return;
  }
  expect(await holds()).toBe(true);
}

describe.each([
  ["the framework's connection", (poolSize: number) => createConnection({ url: embedded.url, poolSize, logger: silentLogger() })],
  ["the engine's own connection", (poolSize: number) => createPgConnection({ url: embedded.url, poolSize })],
])("with %s", (name, connect) => {
  const schema = `stops_${name.length}`;

  test("runs, events and jobs go on when PostgreSQL is stopped at once and started again, three times", async () => {
    const connection = connect(10);
    const checkpoints = connect(4);
    const container = createContainer();
    const engine = createWorkflowEngine({ connection, checkpoints, container, schema, pollInterval: 50, leaseSeconds: 3 });
    container.register("workflows", asValue(engine));
    await engine.migrate();
    await connection.query(`create table "${schema}".done (run text, step text)`);
    const write = createStep({ name: "write", transactional: true }, async (step: string, { context, transactionId }) => {
      await context.transactionManager?.execute(`insert into "${schema}".done values (?, ?)`, [transactionId, step]);
      return new StepResponse(step);
    });
    const call = createStep({ name: "call", emits: true }, async (_: void, { emit, transactionId }) => {
      await pause(10);
      emit({ name: "stops.done", data: transactionId });
    });
    const workflow = createWorkflow(`stops-${schema}`, () => {
      write("first");
      call();
      write("last").config({ name: "write-last" });
      return new WorkflowResponse("through");
    });
    const told = new Set<unknown>();
    const safe: string[] = [];
    const heard = new Set<unknown>();
    const ticks: number[] = [];
    engine.subscribers.add({ id: "told", events: ["stops.done"], handler: ({ data }) => void told.add(data) });
    engine.subscribers.add({ id: "heard", events: ["stops.said"], handler: ({ data }) => void heard.add(data) });
    engine.jobs.add({ name: "ticks", schedule: { interval: 200 }, handler: ({ tick }) => void ticks.push(tick.getTime()) });
    await engine.start();
    const startedAt = async () =>
      (await connection.query<{ at: Date }>("select pg_postmaster_start_time() as at")).rows[0]?.at.getTime() ?? 0;
    const firstStart = await startedAt();
    try {
      const runs = [];
      for (let n = 0; n < 60; n++) {
        runs.push(workflow(container).run({ transactionId: `${n}`, throwOnError: false }));
        await engine.events.emit({ name: "stops.said", data: `${n}` });
        safe.push(`${n}`);
        if (n % 20 === 10) stopAtOnce();
        await pause(15);
      }
      const results = await Promise.all(runs);
      const ends = results.map(({ transaction, result }) => `${transaction.getState()}: ${String(result)}`);
      expect(new Set(ends)).toStrictEqual(new Set(["done: through"]));
      await until(() => told.size === 60 && heard.size === 60);
      expect([...heard].toSorted()).toStrictEqual(safe.toSorted());
      expect(await startedAt()).toBeGreaterThan(firstStart);
      const { rows } = await connection.query<{ n: number }>(`select count(*)::int as n from "${schema}".done`);
      expect(rows[0]?.n).toBe(120);
      const before = ticks.length;
      await until(() => ticks.length > before + 2);
      expect(ticks).toHaveLength(new Set(ticks).size);
      const open = async () =>
        (
          await connection.query(
            `select id from "${schema}".velella_execution where finished_at is null union all select id from "${schema}".velella_task where target like 'event:%'`,
          )
        ).rowCount;
      await until(async () => (await open()) === 0);
    } finally {
      await engine.stop();
      await connection.close();
      await checkpoints.close();
    }
  });

  test("a pool that steps use up stops neither them nor the engine", async () => {
    const connection: SqlConnection = connect(3);
    const container = createContainer();
    const engine = createWorkflowEngine({ connection, container, schema: `${schema}_dry`, pollInterval: 50, leaseSeconds: 2 });
    container.register("workflows", asValue(engine));
    await engine.migrate();
    await engine.start();
    const slow = createStep({ name: "slow", transactional: true }, async (_: void, { context }) => {
      await context.transactionManager?.execute("select pg_sleep(0.05)");
    });
    const workflow = createWorkflow(`dry-${schema}`, () => {
      slow();
      slow().config({ name: "slow-again" });
      return new WorkflowResponse("through");
    });
    try {
      const results = await Promise.all(Array.from({ length: 60 }, () => workflow(container).run({ throwOnError: false })));
      expect(results.filter(({ result }) => result !== "through")).toStrictEqual([]);
    } finally {
      await engine.stop();
      await connection.close();
    }
  });
});
