import { createAppRegistries, loadInto } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import { createStep, createWorkflow, WorkflowResponse } from "../index";
import type { WorkflowEngine, WorkflowOptions } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// The time of a workflow that is part of another one, where the run rests meanwhile, or its steps share a transaction.

const tests = testEngines();
let engine: WorkflowEngine;
let trace: string[];
beforeAll(() => tests.open());
beforeEach(async () => {
  trace = [];
  ({ engine } = tests.engine());
  await engine.start();
});
afterEach(() => tests.stop());
afterAll(() => tests.close());

const find = async (transactionId: string) => (await engine.listWorkflowExecutions({ transaction_id: transactionId })).at(0);
const ends = (transactionId: string) =>
  eventually(
    () => find(transactionId),
    (found) => ["done", "reverted", "failed"].includes(found?.state ?? ""),
  );
const traced = (name: string) =>
  createStep(
    name,
    async () => void trace.push(name),
    async () => void trace.push(`undo ${name}`),
  )();
const ask = (name: string) => createStep({ name, async: true }, async () => undefined)();
const nesting = (name: string, timeout: number, compose: () => void, options: WorkflowOptions = {}) => {
  const inner = createWorkflow({ name: `${name}-inner`, timeout, ...options }, () => {
    traced("inside");
    compose();
  });
  return createWorkflow({ name, store: true }, () => {
    traced("before");
    inner.runAsStep({ input: undefined }).config({ name: "part" });
    ask("later");
    return new WorkflowResponse("the end");
  });
};
const message = (name: string, seconds: number) => `Workflow ${name}-inner took longer than its timeout of ${seconds} s.`;

test("a run that waits in it is woken when the time is over, and undone", async () => {
  const workflow = nesting("waits-inside", 0.3, () => void ask("ask"));
  const { transaction } = await engine.run(workflow, { transactionId: "waits-inside" });
  expect(transaction.getState()).toBe("invoking");
  const run = await ends("waits-inside");
  expect(run).toMatchObject({
    state: "reverted",
    context: { errors: [{ action: "waits-inside-inner", error: { message: message("waits-inside", 0.3) } }] },
  });
  expect(trace).toStrictEqual(["before", "inside", "undo inside", "undo before"]);
});

test("a run whose next attempt comes after that is not tried again", async () => {
  const flaky = createStep({ name: "flaky", maxRetries: 1, retryInterval: 60 }, async () => {
    throw new Error("not yet");
  });
  const workflow = nesting("tries-inside", 0.3, () => void flaky());
  await engine.run(workflow, { transactionId: "tries-inside" });
  expect((await ends("tries-inside"))?.context.errors).toMatchObject([{ error: { message: message("tries-inside", 0.3) } }]);
});

test("an answer that comes in time is one, and what the run waits for afterwards is not bound to it", async () => {
  const workflow = nesting("answered-inside", 2, () => void ask("ask"));
  await engine.run(workflow, { transactionId: "answered-inside" });
  const answer = (stepId: string) =>
    eventually(
      () =>
        engine.setStepSuccess({ idempotencyKey: { workflowId: "answered-inside", transactionId: "answered-inside", stepId } }).then(
          () => true,
          () => false,
        ),
      Boolean,
    );
  await answer("part/ask");
  await eventually(
    () => find("answered-inside"),
    (found) => found?.execution.steps.some(({ key, status }) => key === "later" && status === "waiting") ?? false,
  );
  await eventually(
    () => find("answered-inside"),
    (found) => Date.now() - (found?.created_at.getTime() ?? Infinity) > 2200,
  );
  await answer("later");
  expect(await ends("answered-inside")).toMatchObject({ state: "done", context: { data: { output: "the end" } } });
});

test("a part that has ended in time stays so, also where the next release has a step before it and has changed its time", async () => {
  const release = (isNew: boolean) => {
    const registries = createAppRegistries();
    loadInto(registries, "flows.ts", () => {
      const inner = createWorkflow({ name: "part", timeout: isNew ? 0.2 : 0.5 }, () => void traced("inside"));
      createWorkflow({ name: "released", store: true }, () => {
        if (isNew) traced("added");
        inner.runAsStep({ input: undefined });
        ask("ask");
      });
    });
    return tests.engine({ registries }).engine;
  };
  const before = release(false);
  await before.run("released", { transactionId: "released" });
  await eventually(
    () => find("released"),
    (found) => found?.execution.owner === null && Date.now() - found.created_at.getTime() > 700,
  );
  await before.stop();
  const after = release(true);
  await after.start();
  await after.setStepSuccess({ idempotencyKey: { workflowId: "released", transactionId: "released", stepId: "ask" } });
  expect(await ends("released")).toMatchObject({ state: "done", execution: { parked: null } });
  expect(trace).toStrictEqual(["inside", "added"]);
});

test("what shares a transaction in it is undone with the transaction", async () => {
  const write = createStep({ name: "write", transactional: "shared" }, async () => sleep(200));
  const inner = createWorkflow({ name: "shares-inner", timeout: 0.1 }, () => {
    write();
    write().config({ name: "more" });
  });
  const workflow = createWorkflow("shares", () => void inner.runAsStep({ input: undefined }));
  const { errors, transaction } = await engine.run(workflow, { throwOnError: false });
  expect(transaction.getState()).toBe("reverted");
  expect(errors).toMatchObject([{ action: "shares-inner", error: { message: message("shares", 0.1) } }]);
});
