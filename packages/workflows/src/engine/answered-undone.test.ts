import { silentLogger } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, StepResponse } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// Answers that were accepted before their run turned round: what they keep for the compensation is what it gets.

const tests = testEngines();
let engine: WorkflowEngine;
let trace: unknown[];
let goOn: () => void;
let turnsBack: Promise<void>;
beforeAll(() => tests.open());
beforeEach(async () => {
  trace = [];
  turnsBack = new Promise<void>((resolve) => (goOn = resolve));
  ({ engine } = tests.engine({ stopSeconds: 0.1, logger: silentLogger() }));
  await engine.start();
});
afterEach(() => tests.stop());
afterAll(() => tests.close());

const capture = createStep(
  { name: "capture", async: true },
  async () => undefined,
  async (data) => void trace.push(["undo capture", data]),
);
const sibling = createStep("sibling", async () => {
  await turnsBack;
  throw new Error("as asked");
});
const later = createStep("later", async () => void trace.push("later"));
createWorkflow({ name: "answered-undone", store: true }, () => {
  parallelize(capture(), sibling());
  later();
});
const address = { workflowId: "answered-undone", stepId: "capture", action: "invoke" as const };

/** Starts a run, and returns once its step waits, while the other one is at work. */
async function begin(transactionId: string): Promise<void> {
  await engine.run("answered-undone", { transactionId, throwOnError: false });
  const steps = async () => (await engine.listWorkflowExecutions({ transaction_id: transactionId })).at(0)?.execution.steps ?? [];
  await eventually(steps, (found) => found.some(({ key, status }) => key === "capture" && status === "waiting"));
}

const ended = (transactionId: string) =>
  eventually(
    async () => (await engine.listWorkflowExecutions({ transaction_id: transactionId })).at(0)?.state,
    (state) => state === "reverted" || state === "failed",
  );

test("the parallel step fails after that", async () => {
  await begin("fails");
  const stepResponse = new StepResponse({ id: "pay_1" }, { paymentId: "pay_1" });
  await engine.setStepSuccess({ idempotencyKey: { ...address, transactionId: "fails" }, stepResponse });
  goOn();
  expect(await ended("fails")).toBe("reverted");
  expect(trace).toStrictEqual([["undo capture", { paymentId: "pay_1" }]]);
});

test("the parallel step fails after that, in another process", async () => {
  await begin("left");
  await engine.setStepSuccess({ idempotencyKey: { ...address, transactionId: "left" }, stepResponse: "pay_3" });
  await engine.stop();
  ({ engine } = tests.engine());
  goOn();
  await engine.start();
  expect(await ended("left")).toBe("reverted");
  expect(trace).toStrictEqual([["undo capture", "pay_3"]]);
});

test("the run is cancelled after that, while the parallel step is at work", async () => {
  await begin("cancelled");
  await engine.setStepSuccess({ idempotencyKey: { ...address, transactionId: "cancelled" }, stepResponse: "pay_2" });
  const cancelling = engine.cancel("answered-undone", { transactionId: "cancelled" });
  await eventually(
    async () => (await tests.connection.query("select from velella_execution where transaction_id = 'cancelled' and cancelled")).rowCount,
    (count) => count === 1,
  );
  goOn();
  expect((await cancelling).transaction.getState()).toBe("reverted");
  expect(trace).toStrictEqual([["undo capture", "pay_2"]]);
});

test("it was failed from outside, or nobody answered", async () => {
  await begin("failed");
  await engine.setStepFailure({ idempotencyKey: { ...address, transactionId: "failed" }, stepResponse: "no money" });
  await begin("silent");
  goOn();
  expect([await ended("failed"), await ended("silent")]).toStrictEqual(["reverted", "reverted"]);
  expect(trace).toStrictEqual([
    ["undo capture", undefined],
    ["undo capture", undefined],
  ]);
});
