import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// Steps that never return: they cost their own run, and no other.

const tests = testEngines();
beforeAll(() => tests.open());
afterEach(async () => {
  await tests.stop();
  await tests.connection.query("delete from velella_execution");
});
afterAll(() => tests.close());

const wait = createStep({ name: "wait", async: true }, async () => undefined);
const hang = createStep("hang", () => new Promise<void>(() => undefined));
createWorkflow({ name: "healthy", store: true }, () => {
  wait();
  createStep("after", async () => 1)();
});
createWorkflow({ name: "hanging", store: true }, () => {
  wait();
  hang();
});

const answer = (engine: WorkflowEngine, workflowId: string, transactionId: string) =>
  engine.setStepSuccess({ idempotencyKey: { workflowId, transactionId, stepId: "wait" } });
const count = async (condition: string) => (await tests.connection.query(`select from velella_execution where ${condition}`)).rowCount;

/** Starts runs that wait, on an engine that gives up soon when it stops. */
async function waiting(ids: Record<string, string[]>): Promise<WorkflowEngine> {
  const { engine } = tests.engine({ stopSeconds: 0.1 });
  await engine.start();
  const all = Object.entries(ids).flatMap(([workflow, transactions]) => transactions.map((id) => [workflow, id] as const));
  await Promise.all(all.map(([workflow, id]) => engine.run(workflow, { transactionId: id })));
  await eventually(
    () => count("owner is null and finished_at is null"),
    (n) => n === all.length,
  );
  return engine;
}

/** Answers a healthy run, and tells how long it takes to its end. */
async function timeToEnd(engine: WorkflowEngine, transactionId: string): Promise<number> {
  const since = performance.now();
  await answer(engine, "healthy", transactionId);
  await eventually(
    () => count(`state = 'done' and transaction_id = '${transactionId}'`),
    (n) => n === 1,
  );
  return performance.now() - since;
}

test("sixty runs that hang do not keep another one from being taken up", async () => {
  const hanging = Array.from({ length: 60 }, (_, n) => `hangs-${n}`);
  const engine = await waiting({ hanging, healthy: ["healthy-1"] });
  await Promise.all(hanging.map((id) => answer(engine, "hanging", id)));
  await eventually(
    () => count("owner is not null"),
    (n) => (n ?? 0) >= 50,
  );
  await timeToEnd(engine, "healthy-1");
  // All that were taken up before it are still at work.
  expect(await count("workflow_id = 'hanging' and owner is not null and finished_at is null")).toBeGreaterThanOrEqual(50);
});

test("fifty runs that hang where they were started do not, either", async () => {
  const engine = await waiting({ healthy: ["healthy-2"] });
  const hangs = createWorkflow("hangs-at-once", () => {
    hang();
    createStep("never", async () => 1)();
  });
  for (let n = 0; n < 50; n++) void engine.run(hangs, { transactionId: `at-once-${n}` }).catch(() => undefined);
  await eventually(
    () => count("workflow_id = 'hangs-at-once' and owner is not null"),
    (n) => n === 50,
  );
  await timeToEnd(engine, "healthy-2");
  expect(await count("workflow_id = 'hangs-at-once' and owner is not null and finished_at is null")).toBe(50);
});

test("a suspect runs alone for a while; when it hangs the others go on", async () => {
  const engine = await waiting({ hanging: ["suspect"], healthy: ["healthy-3", "healthy-4"] });
  await tests.connection.query("update velella_execution set unclean = 2 where transaction_id = 'suspect'");
  await answer(engine, "hanging", "suspect");
  await eventually(
    () => count("transaction_id = 'suspect' and owner is not null"),
    (n) => n === 1,
  );
  expect(await timeToEnd(engine, "healthy-3")).toBeGreaterThan(1500);
  await timeToEnd(engine, "healthy-4");
  expect(await count("transaction_id = 'suspect' and owner is not null and finished_at is null")).toBe(1);
});

test("a suspect gets its turn although the instance is never idle", async () => {
  const engine = await waiting({ healthy: ["busy-suspect"] });
  await tests.connection.query("update velella_execution set unclean = 2 where transaction_id = 'busy-suspect'");
  const busy = createWorkflow("busy", () => {
    createStep("work", () => new Promise<void>((resolve) => setTimeout(resolve, 300)))();
    createStep("more", async () => 1)();
  });
  let goesOn = true;
  const load = [0, 150].map(async (offset) => {
    await new Promise((resolve) => setTimeout(resolve, offset));
    while (goesOn) await engine.run(busy, {});
  });
  await answer(engine, "healthy", "busy-suspect");
  const ended = await eventually(
    () => count("state = 'done' and transaction_id = 'busy-suspect'"),
    (n) => n === 1,
  ).finally(() => (goesOn = false));
  await Promise.all(load);
  expect(ended).toBe(1);
});
