import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, StepResponse } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// Runs that share a transaction id, and people who choose one of them.

const tests = testEngines();
let engine: WorkflowEngine;
let trace: string[];
let isMended: boolean;
/** The transaction id that runs of a test share; another one for each test, whose runs may be at work a moment longer. */
let sync: string;
let n = 0;

beforeAll(async () => {
  await tests.open();
  ({ engine } = tests.engine());
  await engine.start();
});
afterAll(() => tests.close());
beforeEach(async () => {
  await tests.connection.query("delete from velella_execution");
  trace = [];
  isMended = false;
  sync = `sync-${++n}`;
});

const stubborn = createStep(
  "stubborn",
  async (name: string) => new StepResponse(name),
  async (name) => {
    trace.push(`undo ${name}`);
    if (!isMended) throw new Error("cannot be undone");
  },
);
const wait = createStep({ name: "wait", async: true }, async () => undefined);
/** Fails, or waits, as its input says. */
const maybe = createStep({ name: "maybe" }, async (mode: string) => {
  if (mode === "fail") throw new Error("no");
});
const workflow = createWorkflow({ name: "erp", store: true }, (input: { name: string; mode: string }) => {
  stubborn(input.name);
  maybe(input.mode);
  wait();
});
const instant = createWorkflow({ name: "instant", store: true }, (input: { name: string }) => {
  stubborn(input.name);
  maybe("work");
});

const states = async () =>
  Object.fromEntries((await engine.listWorkflowExecutions({ workflow_id: "erp" })).map(({ id, state }) => [id, state]));

/** A run of the transaction id {@link sync} that failed and could not be undone, or that waits. Returns its own id. */
async function run(name: string, mode: "fail" | "wait"): Promise<string> {
  const before = await states();
  await engine.run(workflow, { input: { name, mode }, transactionId: sync, throwOnError: false });
  const id = Object.keys(await states()).find((one) => !(one in before));
  if (id === undefined) throw new Error("The run is not there.");
  return id;
}

describe("retryExecution", () => {
  test("of two failed runs with one transaction id takes the one that is named by its own id", async () => {
    const [first, second] = [await run("first", "fail"), await run("second", "fail")];
    expect(await states()).toStrictEqual({ [first]: "failed", [second]: "failed" });
    isMended = true;
    trace = [];
    await expect(engine.retryExecution(workflow, { transactionId: sync })).rejects.toMatchObject({
      reason: "engine.several_stuck",
      type: "invalid_argument",
      message: `Workflow "erp" has 2 parked or failed runs with transaction id "${sync}": ${second}, ${first}.`,
    });
    await engine.retryExecution(workflow, { executionId: first });
    await eventually(states, (found) => found[first] === "reverted");
    expect(await states()).toStrictEqual({ [first]: "reverted", [second]: "failed" });
    // The other one is the only one that is stuck by now.
    await engine.retryExecution(workflow, { transactionId: sync });
    await eventually(states, (found) => found[second] === "reverted");
    expect(trace).toStrictEqual(["undo first", "undo second"]);
    await expect(engine.retryExecution(workflow, { executionId: first })).rejects.toMatchObject({
      type: "not_found",
      message: `Workflow "erp" has no parked or failed run with the id or transaction id "${first}".`,
    });
  });

  test("tells of the run what the last try found, not what earlier tries did", async () => {
    const failed = await run("failed", "fail");
    const ended = async () => {
      const { state, context, updated_at } = await engine.retrieveWorkflowExecution(failed);
      return { state, at: updated_at.getTime(), errors: context.errors.map(({ handlerType, action }) => `${handlerType} ${action}`) };
    };
    const retried = async () => {
      const before = await ended();
      await engine.retryExecution(workflow, { executionId: failed });
      const { state, errors } = await eventually(
        ended,
        (now) => now.at > before.at && (now.state === "failed" || now.state === "reverted"),
      );
      return { state, errors };
    };
    const stillFailed = { state: "failed", errors: ["invoke maybe", "compensate stubborn"] };
    expect(await ended()).toMatchObject(stillFailed);
    expect(await retried()).toStrictEqual(stillFailed);
    isMended = true;
    expect(await retried()).toStrictEqual({ state: "reverted", errors: ["invoke maybe"] });
  });

  test("beside a run that lives is a conflict, which names both", async () => {
    const failed = await run("failed", "fail");
    const live = await run("live", "wait");
    await expect(engine.retryExecution(workflow, { executionId: failed })).rejects.toMatchObject({
      reason: "engine.other_run_lives",
      type: "conflict",
      message: `Run ${failed} of workflow "erp" cannot go on: ${live}, with the same transaction id "${sync}", has not come to its end.`,
    });
    expect(await states()).toStrictEqual({ [failed]: "failed", [live]: "invoking" });
  });

  test("of another workflow's run finds none", async () => {
    const failed = await run("failed", "fail");
    await expect(engine.retryExecution(instant, { executionId: failed })).rejects.toMatchObject({ type: "not_found" });
  });
});

describe("cancel", () => {
  test("undoes just the run that is named by its own id, and tells which run that was", async () => {
    isMended = true;
    const done = await engine.run(instant, { input: { name: "first" }, transactionId: sync });
    await engine.run(instant, { input: { name: "second" }, transactionId: sync });
    const runs = await engine.listWorkflowExecutions({ workflow_id: "instant" }, { order: { created_at: "ASC" } });
    const [first, second] = runs.map(({ id }) => id);
    const { transaction } = await engine.cancel(instant, { executionId: first ?? "" });
    expect([transaction.getState(), transaction.runId, transaction.transactionId]).toStrictEqual([
      "reverted",
      done.transaction.runId,
      sync,
    ]);
    expect(trace).toStrictEqual(["undo first"]);
    expect((await engine.retrieveWorkflowExecution(second ?? "")).state).toBe("done");
  });

  test("of a run that is kept, beside one that lives, is a conflict", async () => {
    await engine.run(instant, { input: { name: "kept" }, transactionId: sync });
    await tests.connection.query("update velella_execution set workflow_id = 'erp'");
    const [kept = ""] = Object.keys(await states());
    const live = await run("live", "wait");
    await expect(engine.cancel(workflow, { executionId: kept })).rejects.toMatchObject({
      reason: "engine.other_run_lives",
      type: "conflict",
    });
    expect(await states()).toStrictEqual({ [kept]: "done", [live]: "invoking" });
  });

  test("does not wake a run that ends in this moment", async () => {
    const { connection } = tests;
    await engine.run(workflow, { input: { name: "ends", mode: "wait" }, transactionId: "ends" });
    const resting = await eventually(
      async () =>
        (await connection.query<{ id: string }>("select id from velella_execution where transaction_id = 'ends' and owner is null")).rows,
      ({ length }) => length === 1,
    );
    const id = resting[0]?.id;
    let cancelled: Promise<unknown> | undefined;
    await connection.transaction(async (transaction) => {
      await transaction.query(
        `update velella_execution set state = 'reverted', errors = '[]', owner = null, wake_at = null, finished_at = now() where id = $1`,
        [id],
      );
      cancelled = engine.cancel("erp", { executionId: String(id) }).catch((error: unknown) => error);
      await eventually(
        async () =>
          (await connection.query("select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).rowCount,
        (waiting) => waiting > 0,
      );
    });
    expect(await cancelled).toMatchObject({ reason: "engine.no_transaction" });
    const { rows } = await connection.query("select state, cancelled, epoch from velella_execution where id = $1", [id]);
    expect(rows).toStrictEqual([{ state: "reverted", cancelled: false, epoch: 1 }]);
  });

  test("where nobody takes that up returns with the state waiting_to_compensate, and it is done when someone comes", async () => {
    const schema = "cancel_server";
    const { engine: server } = tests.engine({ schema, mode: "server" });
    await server.migrate();
    await server.start();
    isMended = true;
    const { transaction: started } = await server.run(workflow, { input: { name: "served", mode: "wait" }, transactionId: "served" });
    await eventually(
      async () => (await server.listWorkflowExecutions({ transaction_id: "served" }))[0]?.execution.owner,
      (owner) => owner === null,
    );
    const since = performance.now();
    const { transaction, errors } = await server.cancel(workflow, { transactionId: "served" });
    expect(performance.now() - since).toBeLessThan(14_000);
    expect([transaction.getState(), transaction.hasFinished(), transaction.runId, errors]).toStrictEqual([
      "waiting_to_compensate",
      false,
      started.runId,
      [],
    ]);
    const { engine: worker } = tests.engine({ schema, mode: "worker" });
    await worker.start();
    const ended = await eventually(
      async () => (await server.listWorkflowExecutions({ transaction_id: "served" }))[0]?.state,
      (state) => state === "reverted",
    );
    expect(ended).toBe("reverted");
    expect(trace).toStrictEqual(["undo served"]);
  });
});
