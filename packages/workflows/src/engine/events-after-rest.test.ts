import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, WorkflowResponse } from "../index";
import type { RunEventHandlers, WorkflowNotification } from "../index";
import { ownSchema } from "../testing/own-schema";
import type { OwnSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

// Whoever gives `events` to a run is told of it to its end, also when it has rested, and whoever takes it up then.

const tests = testEngines();
beforeAll(() => tests.open());
afterEach(() => tests.stop());
afterAll(() => tests.close());

let next = 0;
const unique = (name: string) => `${name}-${++next}`;

/** Handlers of all events, and what they have heard. */
function ear() {
  const lines: string[] = [];
  const handler = ({ eventType, step, response, result, errors }: WorkflowNotification) => {
    const failed = errors?.map(({ error }) => (error as Error).message).join();
    lines.push([eventType, step?.id, JSON.stringify(response ?? result), failed].filter(Boolean).join(" "));
  };
  const types = ["onBegin", "onResume", "onStepSuccess", "onStepFailure", "onStepAwaiting", "onTimeout", "onFinish"] as const;
  const undoing = ["onCompensateBegin", "onCompensateStepSuccess", "onCompensateStepFailure"] as const;
  const events: RunEventHandlers = Object.fromEntries([...types, ...undoing].map((type) => [type, handler]));
  const hears = (line: string | RegExp) =>
    eventually(
      () => [...lines],
      (heard) => heard.some((one) => (typeof line === "string" ? one === line : line.test(one))),
    );
  return { lines, events, hears, ended: () => hears(/^onFinish/) };
}

const first = createStep("first", async () => 1);
const ask = createStep({ name: "ask", async: true }, async () => undefined);
const last = createStep("last", async (given: unknown) => given);
const asking = (name: string) =>
  createWorkflow(unique(name), () => {
    first();
    return new WorkflowResponse(last(ask()));
  });
const atRest = (schema: OwnSchema) =>
  eventually(
    () => schema.query<{ owner: string | null }>("select owner from velella_execution"),
    (rows) => rows.length > 0 && rows.every(({ owner }) => owner === null),
  );
const announced = (schema: OwnSchema) => schema.query("select instance from velella_subscription");
const nothingKept = (schema: OwnSchema) =>
  eventually(
    () => announced(schema),
    ({ length }) => length === 0,
  );
const untilAsked = ["onBegin", "onStepSuccess first 1", "onStepAwaiting ask"];

test("of a run that was answered while it rested, in the same process", async () => {
  const schema = await ownSchema(tests);
  const { engine } = schema;
  await engine.start();
  const workflow = asking("same-process");
  const { lines, events, ended } = ear();
  const { transaction } = await engine.run(workflow, { transactionId: "t", events });
  expect(transaction.getState()).toBe("invoking");
  await atRest(schema);
  expect(lines).toStrictEqual(untilAsked);
  const step = { workflowId: workflow.getName(), transactionId: "t", stepId: "ask" };
  await engine.setStepSuccess({ idempotencyKey: step, stepResponse: "yes" });
  await ended();
  expect(lines.slice(3)).toStrictEqual(["onResume", 'onStepSuccess ask "yes"', 'onStepSuccess last "yes"', 'onFinish "yes"']);
  await nothingKept(schema);
});

test("of a run that another instance takes up", async () => {
  const schema = await ownSchema(tests, () => ({ mode: "server" as const }));
  const { engine } = schema;
  await engine.start();
  const workflow = asking("elsewhere");
  const { lines, events, ended } = ear();
  await engine.run(workflow, { transactionId: "t", events });
  await atRest(schema);
  // Whoever takes the run up knows by then that it is followed.
  expect(await announced(schema)).toHaveLength(1);
  const worker = schema.another({ mode: "worker" });
  await worker.start();
  const step = { workflowId: workflow.getName(), transactionId: "t", stepId: "ask" };
  await worker.setStepSuccess({ idempotencyKey: step, stepResponse: "yes" });
  await ended();
  expect(lines).toStrictEqual([...untilAsked, "onResume", 'onStepSuccess ask "yes"', 'onStepSuccess last "yes"', 'onFinish "yes"']);
  await nothingKept(schema);
});

test("of a run that rests several times, until its next attempt", async () => {
  const schema = await ownSchema(tests);
  await schema.engine.start();
  const flaky = createStep({ name: "flaky", maxRetries: 3, retryInterval: 0.05 }, async (_: void, { attempt }) => {
    if (attempt < 4) throw new Error(`no ${attempt}`);
    return attempt;
  });
  const workflow = createWorkflow(unique("flaky"), () => new WorkflowResponse(flaky()));
  const { lines, events, ended } = ear();
  await schema.engine.run(workflow, { events });
  await ended();
  expect(lines).toStrictEqual(["onBegin", "onResume", "onResume", "onResume", "onStepSuccess flaky 4", "onFinish 4"]);
  await nothingKept(schema);
});

test("a handler that throws after the rest is named as one, and harms nothing", async () => {
  const logged: string[] = [];
  const logger = { debug() {}, info() {}, warn() {}, error: (message: string) => void logged.push(message) };
  const schema = await ownSchema(tests, () => ({ logger: logger as never }));
  await schema.engine.start();
  const workflow = asking("throws");
  const onFinish = () => Promise.reject(new Error("a handler's own"));
  await schema.engine.run(workflow, { transactionId: "t", events: { onFinish } });
  await atRest(schema);
  await schema.engine.setStepSuccess({ idempotencyKey: { workflowId: workflow.getName(), transactionId: "t", stepId: "ask" } });
  await eventually(
    () => logged,
    ({ length }) => length > 0,
  );
  expect(logged).toStrictEqual([`A handler of the events of workflow "${workflow.getName()}" failed on onFinish`]);
  await nothingKept(schema);
});

test("nothing is kept of a run whose end nobody could tell of, nor when the engine stops", async () => {
  const schema = await ownSchema(tests, () => ({ sweepInterval: 50 }));
  const { events } = ear();
  const workflow = asking("forgotten");
  await schema.engine.run(workflow, { transactionId: "one", events });
  await schema.engine.run(workflow, { transactionId: "two", events });
  await atRest(schema);
  expect(await announced(schema)).toHaveLength(2);
  await schema.query("delete from velella_execution where transaction_id = 'one'");
  await eventually(
    () => announced(schema),
    ({ length }) => length === 1,
  );
  await schema.engine.stop();
  expect(await announced(schema)).toHaveLength(0);
});

test("a step that was failed from outside while its run rested tells of that", async () => {
  const schema = await ownSchema(tests);
  await schema.engine.start();
  const workflow = asking("failed");
  const { lines, events, ended } = ear();
  await schema.engine.run(workflow, { transactionId: "t", events });
  await atRest(schema);
  const step = { workflowId: workflow.getName(), transactionId: "t", stepId: "ask" };
  await schema.engine.setStepFailure({ idempotencyKey: step, stepResponse: "no" });
  await ended();
  expect(lines.slice(3)).toStrictEqual(["onResume", "onStepFailure ask no", "onCompensateBegin", "onFinish no"]);
});

test("steps of one group that are answered one after the other are told of once each, also while another is at work", async () => {
  const schema = await ownSchema(tests);
  await schema.engine.start();
  let isOver: (value: unknown) => void = () => undefined;
  const over = new Promise((resolve) => (isOver = resolve));
  const slow = createStep("slow", async () => {
    await over;
  });
  const workflow = createWorkflow({ name: unique("group"), retentionTime: 60 }, () => {
    parallelize(ask().config({ name: "a" }), ask().config({ name: "b" }), ask().config({ name: "c" }), slow());
  });
  const { lines, events, ended, hears } = ear();
  await schema.engine.run(workflow, { transactionId: "t", events });
  const answer = (stepId: string) =>
    schema.engine.setStepSuccess({ idempotencyKey: { workflowId: workflow.getName(), transactionId: "t", stepId }, stepResponse: stepId });
  await hears("onStepAwaiting c");
  await answer("a");
  isOver(undefined);
  await hears('onStepSuccess a "a"');
  await atRest(schema);
  await answer("b");
  await hears('onStepSuccess b "b"');
  await atRest(schema);
  await answer("c");
  await ended();
  expect(lines.filter((line) => line.startsWith("onStepSuccess"))).toStrictEqual([
    "onStepSuccess slow",
    'onStepSuccess a "a"',
    'onStepSuccess b "b"',
    'onStepSuccess c "c"',
  ]);
});

test("a compensation that was answered while its run rested tells of that, and one that failed for good only once", async () => {
  const schema = await ownSchema(tests);
  await schema.engine.start();
  const undone = (name: string, options = {}, undo: () => Promise<void> = async () => undefined) =>
    createStep({ name, ...options }, async () => 1, undo)();
  const workflow = createWorkflow(unique("undone"), () => {
    undone("later", { compensateAsync: true });
    undone("never", {}, async () => {
      throw new Error("never");
    });
    createStep("fails", async () => {
      throw new Error("as asked");
    })();
  });
  const { lines, events, ended } = ear();
  await schema.engine.run(workflow, { transactionId: "t", events, throwOnError: false });
  await atRest(schema);
  const step = { action: "compensate" as const, workflowId: workflow.getName(), transactionId: "t", stepId: "later" };
  await schema.engine.setStepSuccess({ idempotencyKey: step });
  await ended();
  expect(lines.slice(4, -1)).toStrictEqual([
    "onCompensateBegin",
    "onCompensateStepFailure never never",
    "onResume",
    "onCompensateBegin",
    "onCompensateStepSuccess later",
  ]);
});
