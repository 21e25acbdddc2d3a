import { connect } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, WorkflowResponse } from "../index";
import type { StepExecutionContext, WorkflowEngine } from "../index";
import { testEngines } from "../testing/test-engine";

// What a transactional step throws, and what the database connection itself does: only the latter passes by itself.

const tests = testEngines();
let engine: WorkflowEngine;
let attempts = 0;

beforeAll(async () => {
  await tests.open();
  ({ engine } = tests.engine());
  await tests.connection.query("create table written (run text)");
});
afterAll(() => tests.close());
beforeEach(() => (attempts = 0));

type Context = StepExecutionContext;
let n = 0;

/** A workflow of one transactional step, which runs as plain calls, or with a second effect and journalled. */
const runOf = (journalled: boolean, step: (context: Context) => Promise<unknown>) => {
  const define = createStep({ name: "step", transactional: true }, async (_: void, context) => (attempts++, step(context)));
  const workflow = createWorkflow({ name: `transient-${++n}`, ...(!journalled && { durable: false }) }, () => {
    const output = define();
    if (journalled) createStep("second", async () => 1)();
    return new WorkflowResponse(output);
  });
  return engine.run(workflow);
};

describe.each([
  ["journalled", true],
  ["direct", false],
])("%s", (_name, journalled) => {
  test("a remote system that refuses connections is the step's failure, at once", async () => {
    const run = runOf(journalled, () => once(connect(1, "127.0.0.1"), "connect"));
    await expect(run).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(attempts).toBe(1);
  });

  test.each(["ENOTFOUND", "ECONNRESET", "57P01", "40001"])("so is any error of its own with the code %s", async (code) => {
    const run = runOf(journalled, async () => {
      throw Object.assign(new Error("elsewhere"), { code });
    });
    await expect(run).rejects.toMatchObject({ code, message: "elsewhere" });
    expect(attempts).toBe(1);
  });

  test("a connection of the step's transaction that is cut is not: the step is made again, and its effects once", async () => {
    const { result } = await runOf(journalled, async ({ context, runId }) => {
      const manager = context.transactionManager;
      await manager?.execute("insert into written values (?)", [runId]);
      const [backend] = (await manager?.execute<{ pid: number }>("select pg_backend_pid() as pid")) ?? [];
      if (attempts === 1) await tests.connection.query("select pg_terminate_backend($1)", [backend?.pid]);
      await manager?.execute("select 1");
      return runId;
    });
    expect(attempts).toBe(2);
    expect((await tests.connection.query("select from written where run = $1", [result])).rowCount).toBe(1);
  });

  test("a deadlock is not, either", async () => {
    await tests.connection.query(
      "create table if not exists two (id int primary key); insert into two values (1), (2) on conflict do nothing",
    );
    const lock = "select id from two where id = ? for update";
    let other: Promise<unknown> | undefined;
    await runOf(journalled, async ({ context }) => {
      const manager = context.transactionManager;
      // Whoever finds the deadlock first is its victim: this one looks sooner.
      await manager?.execute("set local deadlock_timeout = '50ms'");
      await manager?.execute(lock, [1]);
      if (attempts === 1) {
        let locked: () => void = () => undefined;
        const isLocked = new Promise<void>((resolve) => (locked = resolve));
        other = tests.connection.transaction(async (transaction) => {
          await transaction.query("select id from two where id = 2 for update");
          locked();
          await transaction.query("select id from two where id = 1 for update");
        });
        await isLocked;
      }
      await manager?.execute(lock, [2]);
    });
    await other;
    expect(attempts).toBe(2);
  });
});

test.each([
  ["ECONNRESET", "read ECONNRESET"],
  [undefined, "Connection terminated unexpectedly"],
])(
  "direct: a connection that breaks while the commit is under way leaves it open how that ended, and says so (%s)",
  async (code, message) => {
    const { connection } = tests;
    const breaking = {
      ...connection,
      transaction: (async (run) => {
        await connection.transaction(run);
        throw Object.assign(new Error(message), code && { code });
      }) as typeof connection.transaction,
    };
    const { engine: broken } = tests.engine({ connection: breaking, checkpoints: connection });
    const step = createStep({ name: "step", transactional: true }, async () => void attempts++);
    const run = broken.run(createWorkflow({ name: `commit-unknown-${code}`, durable: false }, () => void step()));
    await expect(run).rejects.toMatchObject({ reason: "connection.commit_unknown", message: expect.stringContaining(message) });
    expect(attempts).toBe(1);
  },
);
