import type { Container } from "@velella/kernel";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, StepResponse, WorkflowResponse } from "../index";
import type { StepAddress, StepExecutionContext, WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// Who may answer which steps, and what becomes of those whom nobody answers.

const tests = testEngines();
let engine: WorkflowEngine;
let container: Container;
let trace: unknown[];
beforeAll(async () => {
  await tests.open();
  ({ engine, container } = tests.engine());
  await engine.start();
});
afterAll(() => tests.close());
beforeEach(() => (trace = []));

const unique = (name: string) => `${name}-${Math.random().toString(36).slice(2)}`;
const find = async (transactionId: string) => (await engine.listWorkflowExecutions({ transaction_id: transactionId })).at(0);
const ends = (transactionId: string) =>
  eventually(
    () => find(transactionId),
    (found) => ["done", "reverted", "failed"].includes(found?.state ?? ""),
  );
/** Answers as soon as there is somebody who waits. */
const whenItWaits = async (answer: () => Promise<unknown>) => {
  let refusal: unknown;
  await eventually(
    () =>
      answer().then(
        () => true,
        (error: unknown) => ((refusal = error), false),
      ),
    (answered) => answered || (refusal as { type?: string }).type !== "not_allowed",
  );
  return refusal;
};
const fail = createStep("fail", async (): Promise<void> => {
  throw new Error("as asked");
});

describe("backgroundExecution", () => {
  test("the caller does not wait, and nobody has to answer", async () => {
    const step = createStep({ name: "background", async: true, backgroundExecution: true }, async () => {
      await sleep(50);
      trace.push("background");
    });
    const after = createStep("after", async () => void trace.push("after"));
    const workflow = createWorkflow({ name: unique("background"), store: true }, () => {
      step();
      after();
    });
    const { transaction } = await workflow(container).run({ transactionId: "background" });
    expect([transaction.getState(), trace]).toStrictEqual(["invoking", []]);
    expect(await ends("background")).toMatchObject({ state: "done" });
    expect(trace).toStrictEqual(["background", "after"]);
  });
});

describe("compensations", () => {
  const undoing = (options: object, answer: string) =>
    createWorkflow({ name: unique(answer), store: true }, () => {
      createStep(
        { name: "first" },
        async () => 1,
        async () => void trace.push("undo first"),
      )();
      createStep(
        { name: "undone", ...options },
        async () => new StepResponse("it", "what is left"),
        async (data) => {
          trace.push(["undo", data]);
          return "this is no answer";
        },
      )();
      fail();
    });
  const address = (workflowId: string, transactionId: string): StepAddress => ({
    action: "compensate",
    workflowId,
    transactionId,
    stepId: "undone",
  });

  test("are not answered where they do not wait", async () => {
    const wait = createStep({ name: "undone", async: true }, async () => undefined);
    const workflow = createWorkflow({ name: unique("waits"), store: true }, () => new WorkflowResponse(wait()));
    const name = workflow.getName();
    await workflow(container).run({ transactionId: "invoked" });
    await eventually(
      () => find("invoked"),
      (found) => found?.execution.owner === null,
    );
    const refused = {
      type: "not_allowed",
      message: `The compensation of step "undone" of workflow "${name}", transaction "invoked", does not wait for an answer.`,
    };
    await expect(engine.setStepSuccess({ idempotencyKey: address(name, "invoked") })).rejects.toMatchObject(refused);
    await expect(engine.setStepFailure({ idempotencyKey: `${name}:invoked:undone:compensate` })).rejects.toMatchObject(refused);
    await engine.setStepSuccess({ idempotencyKey: { ...address(name, "invoked"), action: "invoke" }, stepResponse: 7 });
    expect(await ends("invoked")).toMatchObject({ state: "done", context: { data: { output: 7 } } });
  });

  test("with compensateAsync wait for their answer, and the rest is undone after it", async () => {
    const workflow = undoing({ compensateAsync: true }, "success");
    expect((await workflow(container).run({ transactionId: "later" })).transaction.hasFinished()).toBe(false);
    await eventually(
      () => find("later"),
      (found) => found?.execution.owner === null,
    );
    expect([trace, (await find("later"))?.state]).toStrictEqual([[["undo", "what is left"]], "compensating"]);
    await engine.setStepSuccess({ idempotencyKey: address(workflow.getName(), "later") });
    expect(await ends("later")).toMatchObject({ state: "reverted" });
    expect(trace).toStrictEqual([["undo", "what is left"], "undo first"]);
  });

  test("with compensateAsync are done once they are answered, whatever their function does after that", async () => {
    const workflow = createWorkflow({ name: unique("answered"), store: true }, () => {
      createStep(
        { name: "undone", compensateAsync: true },
        async () => 1,
        async (_data, { idempotencyKey }) => {
          await engine.setStepSuccess({ idempotencyKey });
          throw new Error("after the answer");
        },
      )();
      fail();
    });
    await workflow(container).run({ transactionId: "answered", throwOnError: false });
    expect(await ends("answered")).toMatchObject({ state: "reverted", context: { errors: [{ action: "fail" }] } });
  });

  test("with compensateAsync may fail, also while their function still runs", async () => {
    const workflow = undoing({ compensateAsync: true }, "failure");
    await workflow(container).run({ transactionId: "not undone" });
    const failure = { idempotencyKey: address(workflow.getName(), "not undone"), stepResponse: "no way back" };
    await whenItWaits(() => engine.setStepFailure(failure));
    expect(await ends("not undone")).toMatchObject({
      state: "failed",
      context: { errors: [{ action: "fail" }, { action: "undone", handlerType: "compensate", error: { message: "no way back" } }] },
    });
    expect(trace).toStrictEqual([["undo", "what is left"], "undo first"]);
  });

  test("with compensateAsync wait without end, also when the time of the workflow is over", async () => {
    const wait = createStep({ name: "wait", async: true }, async () => undefined);
    const undone = createStep(
      { name: "undone", compensateAsync: true },
      async () => 1,
      async () => void trace.push("undo"),
    );
    const workflow = createWorkflow({ name: unique("timed"), store: true, timeout: 0.1 }, () => {
      undone();
      wait();
    });
    await workflow(container).run({ transactionId: "timed" });
    await eventually(
      () => trace.length,
      (n) => n > 0,
    );
    await eventually(
      () => find("timed"),
      (found) => found?.execution.owner === null,
    );
    const epoch = (await find("timed"))?.execution.epoch;
    await sleep(300);
    expect((await find("timed"))?.execution.epoch).toBe(epoch);
    await engine.setStepSuccess({ idempotencyKey: address(workflow.getName(), "timed") });
    expect(await ends("timed")).toMatchObject({ state: "reverted" });
    expect(trace).toStrictEqual(["undo"]);
  });

  test("with compensateAsync need an engine", async () => {
    await expect(undoing({ compensateAsync: true }, "nowhere").run()).rejects.toThrow('the step "undone"');
  });
});

describe("steps of nested workflows", () => {
  const nested = () => {
    const contexts: StepExecutionContext[] = [];
    const wait = createStep({ name: "wait", async: true }, async (_: void, context) => void contexts.push(context));
    const inner = createWorkflow({ name: unique("inner"), store: true }, () => new WorkflowResponse(wait()));
    const middle = createWorkflow(unique("middle"), () => new WorkflowResponse(inner.runAsStep({ input: {} })));
    return { inner, middle, contexts };
  };
  const addressIn = ({ workflowId, transactionId, stepName }: StepExecutionContext) => ({ workflowId, transactionId, stepId: stepName });

  test("are answered by what their own context says", async () => {
    const { middle, inner, contexts } = nested();
    const outer = createWorkflow({ name: unique("outer"), store: true }, () => new WorkflowResponse(middle.runAsStep({ input: {} })));
    await outer(container).run({ transactionId: "nested" });
    await eventually(
      () => contexts.length,
      (n) => n === 1,
    );
    const address = addressIn(contexts[0] as StepExecutionContext);
    expect(address.workflowId).toBe(inner.getName());
    const answer = await engine.setStepSuccess({ idempotencyKey: address, stepResponse: "from outside" });
    expect(answer).toStrictEqual(address);
    expect(await ends("nested")).toMatchObject({ state: "done", context: { data: { output: "from outside" } } });
    await expect(engine.setStepSuccess({ idempotencyKey: address })).rejects.toThrow("does not wait for an answer");
  });

  test("that wait twice under one name have to be told apart", async () => {
    const { inner, contexts } = nested();
    const outer = createWorkflow({ name: unique("twice"), store: true }, () => {
      const both = parallelize(inner.runAsStep({ input: {} }), inner.runAsStep({ input: {} }).config({ name: "again" }));
      return new WorkflowResponse(both);
    });
    await outer(container).run({ transactionId: "twice" });
    await eventually(
      () => contexts.length,
      (n) => n === 2,
    );
    const address = addressIn(contexts[0] as StepExecutionContext);
    await expect(engine.setStepSuccess({ idempotencyKey: address })).rejects.toMatchObject({
      type: "invalid_argument",
      hint: expect.stringContaining(`${outer.getName()}:twice:again/wait:invoke`),
    });
    await engine.setStepSuccess({ idempotencyKey: contexts[1]?.idempotencyKey ?? "", stepResponse: 2 });
    // Now it is clear which one is meant.
    await engine.setStepSuccess({ idempotencyKey: address, stepResponse: 1 });
    expect(await ends("twice")).toMatchObject({ state: "done", context: { data: { output: [1, 2] } } });
  });

  test("come after a run of the workflow itself", async () => {
    const { inner, middle, contexts } = nested();
    const outer = createWorkflow({ name: unique("outer"), store: true }, () => new WorkflowResponse(middle.runAsStep({ input: {} })));
    await inner(container).run({ transactionId: "same" });
    await outer(container).run({ transactionId: "same" });
    await eventually(
      () => contexts.length,
      (n) => n === 2,
    );
    const answer = { idempotencyKey: addressIn(contexts[0] as StepExecutionContext) };
    await engine.setStepSuccess(answer);
    const states = async () =>
      Object.fromEntries(
        (await engine.listWorkflowExecutions({ transaction_id: "same" })).map(({ workflow_id, state }) => [workflow_id, state]),
      );
    expect(await eventually(states, (found) => found[inner.getName()] === "done")).toStrictEqual({
      [inner.getName()]: "done",
      [outer.getName()]: "invoking",
    });
    await engine.setStepSuccess(answer);
    expect(await eventually(states, (found) => found[outer.getName()] === "done")).toMatchObject({ [outer.getName()]: "done" });
  });
});

describe("idempotency keys with colons", () => {
  const waiting = async (name: string, stepName: string, transactionId: string) => {
    const keys: string[] = [];
    const wait = createStep({ name: stepName, async: true }, async (_: void, { idempotencyKey }) => void keys.push(idempotencyKey));
    const workflow = createWorkflow({ name, store: true }, () => void wait());
    await workflow(container).run({ transactionId });
    await eventually(
      () => keys.length,
      (n) => n === 1,
    );
    return keys[0] ?? "";
  };

  test.each([
    ["plain", "a:b", "one:two"],
    ["with:colons", "w", "t"],
    ["with:colons:", ":w::", ":t:"],
  ])("workflow %s, step %s, transaction %s", async (name, stepName, transactionId) => {
    const key = await waiting(name, stepName, transactionId);
    const answered = await engine.setStepSuccess({ idempotencyKey: key });
    expect(answered).toStrictEqual({ workflowId: name, transactionId, stepId: stepName });
    expect(await ends(transactionId)).toMatchObject({ state: "done" });
  });

  test("that can be read in several ways mean the step that waits; where several do, none is taken", async () => {
    const name = unique("reads");
    const key = await waiting(name, "w", "x:t");
    createWorkflow({ name: `${name}:x`, store: true }, () => void createStep({ name: "w", async: true }, async () => undefined)());
    expect(key).toBe(`${name}:x:t:w:invoke`);
    await engine.run(`${name}:x`, { transactionId: "t" });
    await eventually(
      () => find("t"),
      (found) => found?.execution.owner === null,
    );
    await expect(engine.setStepSuccess({ idempotencyKey: key })).rejects.toMatchObject({
      type: "invalid_argument",
      message: `The idempotency key can be read in several ways, and for each there is a step that waits: "w" of workflow "${name}", transaction "x:t"; "w" of workflow "${name}:x", transaction "t".`,
    });
    await engine.setStepSuccess({ idempotencyKey: { workflowId: name, transactionId: "x:t", stepId: "w" } });
    expect(await engine.setStepSuccess({ idempotencyKey: key })).toMatchObject({ workflowId: `${name}:x` });
  });
});

test("an answer that cannot be kept, or an address that cannot be, is refused with its name", async () => {
  const wait = createStep({ name: "wait", async: true }, async () => undefined);
  const workflow = createWorkflow({ name: unique("kept"), store: true }, () => void wait());
  await workflow(container).run({ transactionId: "kept" });
  const idempotencyKey = { workflowId: workflow.getName(), transactionId: "kept", stepId: "wait" };
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const refused = {
    type: "invalid_data",
    message: expect.stringContaining('The answer to step "wait" (stepResponse) cannot be written as JSON:'),
  };
  for (const stepResponse of [{ n: 1n }, circle]) {
    await expect(engine.setStepSuccess({ idempotencyKey, stepResponse })).rejects.toMatchObject(refused);
    await expect(engine.setStepFailure({ idempotencyKey, stepResponse })).rejects.toMatchObject(refused);
  }
  const badAddress = { ...idempotencyKey, transactionId: "a\0b" };
  await expect(engine.setStepSuccess({ idempotencyKey: badAddress })).rejects.toMatchObject({
    type: "invalid_argument",
    message: expect.stringContaining('idempotencyKey.transactionId is "a\\u0000b"'),
  });
  await expect(workflow(container).run({ transactionId: "a\0b" })).rejects.toMatchObject({
    type: "invalid_argument",
    message: `The transactionId of workflow "${workflow.getName()}" has a NUL character, which no database can keep: "a\\u0000b".`,
  });
  await engine.setStepSuccess({ idempotencyKey });
});

test("a workflow in a container takes answers, too", async () => {
  const wait = createStep({ name: "wait", async: true }, async () => undefined);
  const workflow = createWorkflow({ name: unique("registers"), store: true }, () => new WorkflowResponse(wait()));
  const address = (transactionId: string) => ({ workflowId: workflow.getName(), transactionId, stepId: "wait" });
  for (const id of ["registered", "refused"]) await workflow(container).run({ transactionId: id });
  await whenItWaits(() => workflow(container).registerStepSuccess({ idempotencyKey: address("registered"), response: { ok: 1 } }));
  const refusal = { idempotencyKey: address("refused"), response: "no", throwOnError: false };
  await whenItWaits(() => workflow(container).registerStepFailure(refusal));
  expect(await ends("registered")).toMatchObject({ state: "done", context: { data: { output: { ok: 1 } } } });
  expect(await ends("refused")).toMatchObject({ state: "reverted", context: { errors: [{ error: { message: "no" } }] } });
});

test("a workflow in a container is cancelled by the transaction of its run", async () => {
  const wait = createStep(
    { name: "wait", async: true },
    async () => undefined,
    async () => void trace.push("undo"),
  );
  const workflow = createWorkflow({ name: unique("cancelled"), store: true }, () => void wait());
  const { transaction } = await workflow(container).run();
  const cancelled = await workflow(container).cancel({ transaction });
  expect([cancelled.transaction.getState(), trace]).toStrictEqual(["reverted", ["undo"]]);
  await expect(workflow(container).cancel({})).rejects.toThrow("neither transactionId nor transaction says which run");
});

describe("time", () => {
  test("of a workflow is over while a step hangs, also after a wait", async () => {
    const wait = createStep({ name: "wait", async: true }, async () => undefined);
    const hang = createStep(
      "hang",
      () => new Promise<void>(() => undefined),
      async (data) => void trace.push(["undo hang", data]),
    );
    const workflow = createWorkflow({ name: unique("hangs"), store: true, timeout: 1.5 }, () => {
      wait();
      hang();
    });
    await workflow(container).run({ transactionId: "hangs" });
    await whenItWaits(() => engine.setStepSuccess({ idempotencyKey: `${workflow.getName()}:hangs:wait:invoke` }));
    const ended = await ends("hangs");
    expect(ended).toMatchObject({
      state: "reverted",
      context: {
        errors: [
          { action: workflow.getName(), error: { message: `Workflow ${workflow.getName()} took longer than its timeout of 1.5 s.` } },
        ],
      },
    });
    expect(trace).toStrictEqual([["undo hang", undefined]]);
    expect(ended?.execution.steps.find(({ key }) => key === "hang")?.error?.message).toContain("had not ended 1.5 s after that");
  });

  test("of a step that is to be answered is over while its function runs", async () => {
    const wait = createStep(
      { name: "wait", async: true, timeout: 0.1 },
      () => sleep(400, "too late"),
      async (data) => void trace.push(["undo", data]),
    );
    const workflow = createWorkflow({ name: unique("late"), store: true }, () => new WorkflowResponse(wait()));
    await workflow(container).run({ transactionId: "late" });
    expect(await ends("late")).toMatchObject({ state: "reverted" });
    expect(trace).toStrictEqual([["undo", "too late"]]);
  });

  test("of a transactional step is over: the database undoes what it did", async () => {
    await tests.connection.query("create table late (id int)");
    const step = createStep(
      { name: "slow", transactional: true, timeout: 0.1 },
      async (_: void, { context }) => {
        await context.transactionManager?.execute("insert into late values (1)");
        await sleep(200);
        return "it";
      },
      async (data) => void trace.push(["undo", data]),
    );
    const workflow = createWorkflow({ name: unique("transactional"), store: true }, () => {
      step();
      fail();
    });
    await expect(workflow(container).run()).rejects.toMatchObject({ message: "Step slow took longer than its timeout of 0.1 s." });
    expect(trace).toStrictEqual([["undo", undefined]]);
    expect((await tests.connection.query("select from late")).rowCount).toBe(0);
  });
});
