import { asValue } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, StepResponse, WorkflowResponse } from "../index";
import type { StepOptions, WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
let engine: WorkflowEngine;
let container: Container;
let attempts: number[];

beforeAll(async () => {
  await tests.open();
  ({ engine, container } = tests.engine());
  await engine.start();
});
afterAll(() => tests.close());
beforeEach(() => (attempts = []));

const find = async (transactionId: string) => (await engine.listWorkflowExecutions({ transaction_id: transactionId })).at(0);
const stepOf = async (transactionId: string, key: string) => (await find(transactionId))?.execution.steps.find((step) => step.key === key);
const ends = (transactionId: string) =>
  eventually(
    () => find(transactionId),
    (found) => ["done", "reverted", "failed"].includes(found?.state ?? ""),
  );
const isRetrying = (transactionId: string, key: string, attempt: number) =>
  eventually(
    () => stepOf(transactionId, key),
    (step) => step?.status === "retrying" && step.attempts === attempt,
  );
const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Fails until its third attempt. */
const flaky = (options: StepOptions) =>
  createStep({ name: "flaky", maxRetries: 2, ...options }, async (_: void, { attempt }) => {
    attempts.push(attempt);
    if (attempt < 3) throw new Error(`attempt ${attempt}`);
    return attempt;
  });
const address = (workflowId: string, transactionId: string, stepId: string) => ({ workflowId, transactionId, stepId });

describe("retryStep", () => {
  test("with autoRetry: false the next attempt comes when someone asks for it", async () => {
    const workflow = createWorkflow({ name: "asked", store: true }, () => new WorkflowResponse(flaky({ autoRetry: false })()));
    const { transaction } = await workflow(container).run({ transactionId: "asked" });
    expect(transaction.getState()).toBe("invoking");
    for (const attempt of [1, 2]) {
      await isRetrying("asked", "flaky", attempt);
      await rest(300);
      expect(attempts).toHaveLength(attempt);
      const step = { idempotencyKey: address("asked", "asked", "flaky") };
      await (attempt === 1 ? engine.retryStep(step) : workflow(container).retryStep(step));
      await eventually(
        () => attempts.length,
        (count) => count === attempt + 1,
      );
    }
    expect(await ends("asked")).toMatchObject({ state: "done", context: { data: { output: 3 } } });
  });

  test("with an interval it comes earlier, also for a step of a nested workflow", async () => {
    const inner = createWorkflow("interval-inner", () => new WorkflowResponse(flaky({ retryInterval: 600, maxRetries: 2 })()));
    const outer = createWorkflow({ name: "interval", store: true }, () => new WorkflowResponse(inner.runAsStep({ input: undefined })));
    await outer(container).run({ transactionId: "interval" });
    const key = "interval-inner-as-step/flaky";
    await isRetrying("interval", key, 1);
    await engine.retryStep({ idempotencyKey: address("interval-inner", "interval", "flaky") });
    await isRetrying("interval", key, 2);
    await engine.retryStep({ idempotencyKey: `interval:interval:${key}:invoke` });
    expect(await ends("interval")).toMatchObject({ state: "done" });
  });

  test("of several steps of one name the one that is meant has to be named", async () => {
    const keys: string[] = [];
    const step = createStep({ name: "again", autoRetry: false, maxRetries: 1 }, async (_: void, { idempotencyKey, attempt }) => {
      keys.push(idempotencyKey);
      if (attempt === 1) throw new Error("once");
    });
    const inner = createWorkflow("twice-inner", () => void step());
    const outer = createWorkflow({ name: "twice", store: true }, () => {
      parallelize(inner.runAsStep({ input: undefined }), inner.runAsStep({ input: undefined }).config({ name: "second" }));
    });
    await outer(container).run({ transactionId: "twice" });
    await isRetrying("twice", "twice-inner-as-step/again", 1);
    await isRetrying("twice", "second/again", 1);
    const meant = address("twice-inner", "twice", "again");
    await expect(engine.retryStep({ idempotencyKey: meant })).rejects.toMatchObject({
      type: "invalid_argument",
      hint: expect.stringContaining("twice:twice:second/again:invoke"),
    });
    expect(keys).toHaveLength(2);
    await engine.retryStep({ idempotencyKey: "twice:twice:second/again:invoke" });
    await eventually(
      () => keys.length,
      (n) => n === 3,
    );
    // Now it is clear which one is meant.
    await eventually(
      () => stepOf("twice", "second/again"),
      (found) => found?.status === "done",
    );
    await engine.retryStep({ idempotencyKey: meant });
    expect(await ends("twice")).toMatchObject({ state: "done" });
  });

  test("a run that is woken for something else does not try before it is time", async () => {
    const wait = createStep({ name: "wait", async: true }, async () => undefined);
    const workflow = createWorkflow({ name: "woken", store: true }, () => {
      parallelize(flaky({ retryInterval: 1.5, maxRetries: 1 })(), wait());
    });
    await workflow(container).run({ transactionId: "woken" });
    await isRetrying("woken", "flaky", 1);
    // Its record may be written after the other one's.
    await eventually(
      () => stepOf("woken", "wait"),
      (step) => step !== undefined,
    );
    await engine.setStepSuccess({ idempotencyKey: address("woken", "woken", "wait") });
    await rest(250);
    expect(attempts).toStrictEqual([1]);
    await eventually(
      () => attempts.length,
      (count) => count === 2,
    );
    expect(await ends("woken")).toMatchObject({ state: "reverted" });
  });

  test("a step that does not wait for another attempt is refused", async () => {
    await expect(engine.retryStep({ idempotencyKey: address("asked", "nowhere", "flaky") })).rejects.toMatchObject({
      type: "not_allowed",
      message: 'Step "flaky" of workflow "asked", transaction "nowhere", does not wait for another attempt.',
    });
    await expect(createWorkflow("alone", () => void flaky({ autoRetry: false })())().run()).rejects.toThrow("there is no workflow engine");
  });
});

describe("a step that waits for an answer", () => {
  test("is called again while it does, as often as it says", async () => {
    const poll = createStep(
      { name: "poll", async: true, retryIntervalAwaiting: 0.2, maxAwaitingRetries: 2 },
      async (_: void, { attempt }) => {
        attempts.push(attempt);
      },
    );
    const workflow = createWorkflow({ name: "polls", store: true }, () => new WorkflowResponse(poll()));
    await workflow(container).run({ transactionId: "polls" });
    await eventually(
      () => attempts.length,
      (count) => count === 3,
    );
    await rest(500);
    expect(attempts).toStrictEqual([1, 2, 3]);
    await engine.setStepSuccess({ idempotencyKey: address("polls", "polls", "poll"), stepResponse: "answered" });
    expect(await ends("polls")).toMatchObject({ state: "done", context: { data: { output: "answered" } } });
  });

  test("may answer itself when it is called again", async () => {
    const poll = createStep({ name: "poll", async: true, retryIntervalAwaiting: 0.1 }, async (_: void, { attempt }) =>
      attempt < 3 ? undefined : "ready",
    );
    const workflow = createWorkflow({ name: "polls-itself", store: true }, () => new WorkflowResponse(poll()));
    await workflow(container).run({ transactionId: "itself" });
    expect(await ends("itself")).toMatchObject({ state: "done", context: { data: { output: "ready" } } });
  });

  test("is not given more time because it is called again, or because the run is woken", async () => {
    const name = "timed";
    const timed = createStep({ name, async: true, timeout: 2, retryIntervalAwaiting: 0.7 }, async () => undefined);
    const other = createStep({ name: "other", async: true }, async () => undefined);
    const workflow = createWorkflow({ name: "timed-out", store: true }, () => {
      parallelize(timed(), other());
    });
    const begun = performance.now();
    await workflow(container).run({ transactionId: "timed-out" });
    await rest(1500);
    await engine.setStepSuccess({ idempotencyKey: address("timed-out", "timed-out", "other") });
    expect(await ends("timed-out")).toMatchObject({ state: "reverted", context: { errors: [{ action: name }] } });
    expect(performance.now() - begun).toBeLessThan(3400);
  });
});

describe("answers", () => {
  const wait = createStep(
    { name: "wait", async: true },
    async (): Promise<unknown> => undefined,
    async (kept) => void undone.push(kept),
  );
  const undone: unknown[] = [];
  const look = createStep("look", async (_: void, step) => step.container.resolve<string>("user", { allowUnregistered: true }) ?? "nobody");
  const workflow = createWorkflow({ name: "answered", store: true }, () => {
    const value = wait();
    return new WorkflowResponse({ value, user: look() });
  });
  const failing = createWorkflow({ name: "answered-failing", store: true }, () => {
    wait();
    createStep("fails", async (): Promise<void> => {
      throw new Error("no");
    })();
  });
  const waits = (id: string) =>
    eventually(
      () => stepOf(id, "wait"),
      (step) => step?.status === "waiting",
    );

  test("may say in which container the run goes on, in this process", async () => {
    const scope = container.createScope();
    scope.register({ user: asValue("ada") });
    await workflow(container).run({ transactionId: "scoped" });
    await waits("scoped");
    await engine.setStepSuccess({ idempotencyKey: address("answered", "scoped", "wait"), stepResponse: 1, options: { container: scope } });
    expect(await ends("scoped")).toMatchObject({ context: { data: { output: { value: 1, user: "ada" } } } });
    await workflow(container).run({ transactionId: "bound" });
    await waits("bound");
    await workflow(scope).registerStepSuccess({ idempotencyKey: address("answered", "bound", "wait"), response: 2 });
    expect(await ends("bound")).toMatchObject({ context: { data: { output: { value: 2, user: "ada" } } } });
    await workflow(container).run({ transactionId: "unscoped" });
    await waits("unscoped");
    await engine.setStepSuccess({ idempotencyKey: address("answered", "unscoped", "wait") });
    expect(await ends("unscoped")).toMatchObject({ context: { data: { output: { user: "nobody" } } } });
  });

  test("may be a StepResponse, whose second part the compensation gets", async () => {
    await failing(container).run({ transactionId: "kept" });
    await waits("kept");
    await engine.setStepSuccess({
      idempotencyKey: address("answered-failing", "kept", "wait"),
      stepResponse: new StepResponse({ output: 1 }, { kept: 2 }),
    });
    expect(await ends("kept")).toMatchObject({ state: "reverted" });
    expect(undone).toStrictEqual([{ kept: 2 }]);
    expect(await stepOf("kept", "wait")).toMatchObject({ output: { output: 1 } });
  });

  test.each<[unknown, string]>([
    [undefined, "The step to be answered is not named: idempotencyKey is undefined."],
    [{}, "The step to be answered is not named: idempotencyKey is undefined."],
    [
      { idempotencyKey: { workflowId: "w", stepId: "s" } },
      "The step to be answered is not named: idempotencyKey.transactionId is undefined.",
    ],
    [{ idempotencyKey: { ...address("w", "t", ""), stepId: 5 } }, "The step to be answered is not named: idempotencyKey.stepId is 5."],
    [
      { idempotencyKey: { ...address("w", "t", "s"), action: "undo" } },
      'The step to be answered is not named: idempotencyKey.action is "undo".',
    ],
    [{ idempotencyKey: "w:t:s" }, '"w:t:s" is no idempotency key of a step; expected workflow:transaction:step:action.'],
  ])("%j names no step", async (answer, message) => {
    for (const method of ["setStepSuccess", "setStepFailure", "retryStep"] as const)
      await expect(engine[method](answer as never)).rejects.toMatchObject({ type: "invalid_argument", message });
  });

  test("the run as it stands", async () => {
    await workflow(container).run({ transactionId: "stands", input: { a: 1 } });
    await waits("stands");
    const transaction = await engine.getRunningTransaction("answered", "stands");
    expect([transaction.getState(), transaction.hasFinished(), transaction.getContext().payload]).toStrictEqual([
      "invoking",
      false,
      { a: 1 },
    ]);
    await engine.setStepSuccess({ idempotencyKey: address("answered", "stands", "wait"), stepResponse: "yes" });
    await ends("stands");
    const ended = await engine.getRunningTransaction("answered", "stands");
    expect(ended.toJSON()).toMatchObject({ transactionId: "stands", state: "done", errors: [] });
    expect(ended.getContext().invoke).toStrictEqual({ wait: { output: "yes" }, look: { output: "nobody" } });
    await expect(engine.getRunningTransaction("answered", "nowhere")).rejects.toMatchObject({ type: "not_found" });
  });

  test("run() without a workflow", async () => {
    await expect(engine.run(undefined as never)).rejects.toThrow("run() needs a workflow, or the id of one, and got undefined.");
    await expect(engine.run({} as never)).rejects.toThrow("run() needs a workflow, or the id of one, and got an object.");
  });
});
