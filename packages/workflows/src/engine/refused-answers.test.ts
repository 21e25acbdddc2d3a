import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// Why a step takes no answer, or no further attempt, so that a typo is told from an answer that comes too late.

const tests = testEngines();
let engine: WorkflowEngine;
beforeAll(async () => {
  await tests.open();
  ({ engine } = tests.engine({ registries: undefined }));
  await engine.start();
});
afterAll(() => tests.close());

const approval = createStep({ name: "approval", async: true, timeout: 86_400 }, async () => {});
const refund = createStep(
  { name: "refund", compensateAsync: true },
  async () => 1,
  async () => {},
);
const flaky = createStep({ name: "flaky", maxRetries: 3, autoRetry: false }, async (fails: boolean) => {
  if (fails) throw new Error("broken");
});
const order = createWorkflow({ name: "order", retentionTime: 60 }, (input: { fails: boolean }) => {
  refund();
  flaky(input.fails);
  approval();
  createStep("plain", async () => {})();
});
createWorkflow({ name: "shop", retentionTime: 60 }, (input: { fails: boolean }) => void order.runAsStep({ input }));

const hintOf = (asked: Promise<unknown>) =>
  asked.then(
    () => "answered",
    (error: { type?: string; hint?: string }) => (error.type === "not_allowed" ? error.hint : error),
  );
const answer = (workflowId: string, transactionId: string, stepId: string, action: "invoke" | "compensate" = "invoke") =>
  hintOf(engine.setStepSuccess({ idempotencyKey: { workflowId, transactionId, stepId, action } }));
const steps = async (transactionId: string) =>
  (await engine.listWorkflowExecutions({ transaction_id: transactionId })).flatMap(({ execution }) =>
    execution.steps.map(({ key, status }) => `${key} ${status}`),
  );
const waits = (transactionId: string, step: string, status = "waiting") =>
  eventually(
    () => steps(transactionId),
    (found) => found.includes(`${step} ${status}`),
  );

test("names are looked at first", async () => {
  expect(await answer("ordr", "t", "approval")).toBe('No workflow "ordr" is known here. Did you mean "order"?');
  expect(await answer("order", "t", "aproval")).toBe('Workflow "order" has no step "aproval". Steps of it that wait: approval.');
  expect(await answer("order", "t", "plain")).toBe(
    'Step "plain" never waits for an answer: that takes "async: true". Steps of it that wait: approval.',
  );
  expect(await answer("order", "t", "plain", "compensate")).toBe(
    'The compensation of step "plain" never waits for an answer: that takes "compensateAsync: true". Steps whose compensation does: refund.',
  );
  expect(await hintOf(engine.retryStep({ idempotencyKey: "order:t:plain:invoke" }))).toBe(
    'Step "plain" never waits for another attempt: that takes "maxRetries" and either "retryInterval" or "autoRetry: false". Steps that do: flaky.',
  );
});

test("a run that is not there", async () => {
  const none = 'No run of workflow "order" with transaction id "nowhere" lives or is kept: it has ended, or its id is another one.';
  expect(await answer("order", "nowhere", "approval")).toBe(none);
  expect(await hintOf(engine.setStepFailure({ idempotencyKey: "order:nowhere:approval:invoke" }))).toBe(none);
  expect(await hintOf(engine.retryStep({ idempotencyKey: "order:nowhere:flaky:invoke" }))).toBe(none);
});

test("a run that stands elsewhere", async () => {
  await engine.run(order, { input: { fails: true }, transactionId: "flaky" });
  await waits("flaky", "flaky", "retrying");
  expect(await answer("order", "flaky", "approval")).toBe("The run has not come to it yet.");
  expect(await hintOf(engine.retryStep({ idempotencyKey: "order:flaky:flaky:compensate" }))).toMatch(/^The run is not being undone/);
  await engine.run(order, { input: { fails: false }, transactionId: "other" });
  await waits("other", "approval");
  expect(await hintOf(engine.retryStep({ idempotencyKey: "order:other:flaky:invoke" }))).toBe(
    "The step is done. What waits for an answer: approval.",
  );
  expect(await answer("order", "other", "refund", "compensate")).toBe("The run is not being undone. What waits for an answer: approval.");
});

test("a step that was answered, and a run that has ended", async () => {
  await engine.run(order, { input: { fails: false }, transactionId: "ended" });
  await waits("ended", "approval");
  expect(await answer("order", "ended", "approval")).toBe("answered");
  await eventually(
    () => engine.listWorkflowExecutions({ transaction_id: "ended" }),
    ([found]) => found?.state === "done",
  );
  expect(await answer("order", "ended", "approval")).toBe("The run has ended, and is done.");
});

test("a step that has failed, in a run that is being undone", async () => {
  await engine.run(order, { input: { fails: false }, transactionId: "undone" });
  await waits("undone", "approval");
  await engine.setStepFailure({ idempotencyKey: "order:undone:approval:invoke", stepResponse: "no" });
  await waits("undone", "refund");
  await eventually(
    () => engine.listWorkflowExecutions({ transaction_id: "undone" }),
    ([found]) => found?.state === "compensating",
  );
  expect(await answer("order", "undone", "approval")).toMatch(/^The step has failed: by an answer, or because its time was over/);
});

test("a step of a nested workflow, whose run is that of the outer one", async () => {
  await engine.run("shop", { input: { fails: false }, transactionId: "nested" });
  await waits("nested", "order-as-step/approval");
  expect(await answer("order", "nested", "approval")).toBe("answered");
  expect(await answer("order", "nested", "approval")).not.toMatch(/lives or is kept/);
});
