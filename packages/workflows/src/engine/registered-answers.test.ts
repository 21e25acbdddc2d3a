import { afterAll, beforeAll, expect, test } from "vitest";
import type { Container, SqlConnection } from "@velella/kernel";
import { createStep, createWorkflow, WorkflowResponse } from "../index";
import type { WorkflowEngine } from "../index";
import { pause } from "../testing/pause";
import { eventually, testEngines } from "../testing/test-engine";

// Who answers a step by the workflow itself is told how the run goes on, as who starts one is.

const tests = testEngines();
let engine: WorkflowEngine;
let container: Container;
beforeAll(async () => {
  await tests.open();
  ({ engine, container } = tests.engine());
  await engine.start();
});
afterAll(() => tests.close());

const ask = createStep<unknown, string | undefined>({ name: "ask", async: true }, async () => undefined);
const retried = createStep({ name: "retried", maxRetries: 1, autoRetry: false }, async (fails: boolean, { attempt }) => {
  if (fails && attempt === 1) throw new Error("the first time");
  return attempt;
});
// Keeps nothing, so that the end is known only because somebody waits for it.
const workflow = createWorkflow("asks", (input: { twice?: boolean; fails?: boolean }) => {
  const attempt = retried(input.fails as never);
  const answer = ask(attempt);
  const again = ask(answer).config({ name: "ask-again" });
  return new WorkflowResponse({ attempt, answer, again });
});
const step = (transactionId: string, stepId: string) => ({ workflowId: "asks", transactionId, stepId });
const waits = async (transactionId: string, key: string, status = "waiting") =>
  eventually(
    async () => (await engine.listWorkflowExecutions({ transaction_id: transactionId }))[0]?.execution.steps,
    (steps) => steps?.some((one) => one.key === key && one.status === status) ?? false,
  );
const begin = async (transactionId: string) => {
  await workflow(container).run({ input: {}, transactionId });
  await waits(transactionId, "ask");
};

test("the result is there when the run ends, and its state when it waits again", async () => {
  await begin("answered");
  const first = await workflow(container).registerStepSuccess({ idempotencyKey: step("answered", "ask"), response: "a" });
  expect(first.transaction.getState()).toBe("invoking");
  expect(first.acknowledgement).toMatchObject({ transactionId: "answered", hasFinished: false });
  const told: unknown[] = [];
  const { result, errors, transaction } = await workflow(container).registerStepSuccess({
    idempotencyKey: step("answered", "ask-again"),
    response: "b",
    events: { onFinish: (ended) => told.push(ended.result) },
  });
  expect([result, errors, transaction.getState()]).toEqual([{ attempt: 1, answer: "a", again: "b" }, [], "done"]);
  expect(told).toEqual([result]);
});

test("the result may be that of one step", async () => {
  await begin("one");
  const answer = { idempotencyKey: step("one", "ask"), response: "a" };
  await expect(workflow(container).registerStepSuccess({ ...answer, resultFrom: "asked" })).rejects.toThrow('has no step "asked"');
  await workflow(container).registerStepSuccess(answer);
  const { result } = await workflow(container).registerStepSuccess({
    idempotencyKey: "asks:one:ask-again:invoke",
    response: "b",
    resultFrom: "ask-again",
  });
  expect(result).toBe("b");
});

test("a failure throws, or is returned", async () => {
  for (const id of ["thrown", "returned"]) await begin(id);
  const failure = (transactionId: string) => ({ idempotencyKey: step(transactionId, "ask"), response: new Error("refused") });
  await expect(workflow(container).registerStepFailure(failure("thrown"))).rejects.toMatchObject({ message: "refused" });
  const { errors, transaction } = await workflow(container).registerStepFailure({
    ...failure("returned"),
    forcePermanentFailure: true,
    throwOnError: false,
  });
  expect(transaction.getState()).toBe("reverted");
  expect(errors).toMatchObject([{ action: "ask", error: { message: "refused" } }]);
});

test("another attempt is followed as well", async () => {
  await workflow(container).run({ input: { fails: true }, transactionId: "again" });
  await waits("again", "retried", "retrying");
  const { transaction } = await workflow(container).retryStep({ idempotencyKey: step("again", "retried") });
  expect(transaction.getState()).toBe("invoking");
  await waits("again", "ask");
});

test("who cancels a run is told as well", async () => {
  await begin("cancelled");
  const told: string[] = [];
  const { transaction } = await workflow().cancel({
    transactionId: "cancelled",
    container,
    logOnError: true,
    context: {},
    events: { onCompensateBegin: () => told.push("begin"), onFinish: () => told.push("finish") },
  });
  expect(transaction.getState()).toBe("reverted");
  expect(told).toEqual(["begin", "finish"]);
});

test("who waits for the end is told of it first, though the database knows of it before this process does", async () => {
  const { connection } = tests;
  const query: SqlConnection["query"] = async (text, params, name) => {
    const result = await connection.query<never>(text, params, name);
    if (name === "velella_finish") await pause(500);
    return result;
  };
  const late = tests.engine({ connection: { ...connection, query } });
  // The only one that takes runs up.
  await engine.stop();
  await late.engine.start();
  const told: unknown[] = [];
  const events = { onFinish: ({ result }: { result?: unknown }) => told.push(result) };
  await workflow(late.container).run({ input: {}, transactionId: "late" });
  await workflow(late.container).registerStepSuccess({ idempotencyKey: step("late", "ask"), response: "a" });
  const { result } = await workflow(late.container).registerStepSuccess({
    idempotencyKey: step("late", "ask-again"),
    response: "b",
    events,
  });
  expect(result).toEqual({ attempt: 1, answer: "a", again: "b" });
  expect(told).toEqual([result]);
});
