import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, StepResponse, transform, when } from "../index";
import type { StepExecutionContext, StepOptions, WorkflowEngine, WorkflowEngineOptions } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// What the function of a step hears when its run is cancelled.

const tests = testEngines();
let trace: unknown[];
beforeAll(() => tests.open());
beforeEach(() => (trace = []));
afterEach(() => tests.stop());
afterAll(() => tests.close());

type Work = (context: StepExecutionContext) => Promise<unknown>;
/** Ends as soon as it is told to. */
const obedient: Work = ({ signal }) => sleep(20_000, undefined, { signal });
const step = (name: string, work: Work, options: StepOptions = {}) =>
  createStep(
    { name, ...options },
    async (_: void, context) => {
      trace.push(`begin ${name}`);
      return new StepResponse(await work(context), `what ${name} left`);
    },
    async (data, { signal }) => void trace.push(["undo", name, data, signal.aborted]),
  );
const use = createStep("use", async (_value: unknown) => void trace.push("used"));
let n = 0;
const flow = (...steps: (() => unknown)[]) =>
  createWorkflow({ name: `cancelled-${++n}`, store: true }, () => {
    step("first", async () => 1)();
    for (const one of steps) one();
    step("after", async () => 1)();
  });

/** Cancels a run once its steps are at work, and how it ends: long before a step that is not told would. */
async function cancelled(
  by: WorkflowEngine,
  workflow: ReturnType<typeof flow>,
  run: Promise<{ errors: { error: { message: string } }[] }>,
) {
  await eventually(() => trace.some((entry) => entry !== "begin first"), Boolean);
  const begun = performance.now();
  const { transaction } = await by.cancel(workflow, { transactionId: workflow.getName() });
  const seconds = (performance.now() - begun) / 1000;
  const { errors } = await run;
  // It would sleep for longer.
  expect(seconds).toBeLessThan(10);
  return { state: transaction.getState(), messages: errors.map(({ error }) => error.message) };
}

const begin = (engine: WorkflowEngine, workflow: ReturnType<typeof flow>) =>
  engine.run(workflow, { transactionId: workflow.getName(), throwOnError: false });

describe("in the process that has the run", () => {
  let engine: WorkflowEngine;
  beforeEach(async () => {
    ({ engine } = tests.engine());
    await engine.start();
  });

  test("a step is told why, and undone when it has ended, with what came before it", async () => {
    let reason: unknown;
    const work: Work = async (context) => {
      context.signal.addEventListener("abort", () => ({ reason } = context.signal));
      await obedient(context);
    };
    const workflow = flow(step("slow", work, { maxRetries: 3 }));
    const message = `Workflow "${workflow.getName()}", transaction "${workflow.getName()}", was cancelled.`;
    const ended = await cancelled(engine, workflow, begin(engine, workflow));
    expect(ended).toStrictEqual({ state: "reverted", messages: [message] });
    expect(reason).toMatchObject({ message, reason: "workflow.cancelled" });
    expect(trace).toStrictEqual([
      "begin first",
      "begin slow",
      ["undo", "slow", undefined, false],
      ["undo", "first", "what first left", false],
    ]);
  });

  test("so are steps that are at work at the same time, those with a timeout, and transactional ones", async () => {
    const one = step("one", obedient, { timeout: 30 });
    const two = step("two", obedient, { transactional: true });
    const workflow = flow(() => parallelize(one(), two()));
    expect(await cancelled(engine, workflow, begin(engine, workflow))).toMatchObject({ state: "reverted" });
    expect(trace).not.toContain("begin after");
  });

  test("one that does not listen is waited for, and undone with what it returned", async () => {
    let end: () => void = () => undefined;
    const held = new Promise<string>((resolve) => (end = () => resolve("all")));
    const workflow = flow(step("deaf", () => held));
    const ending = cancelled(engine, workflow, begin(engine, workflow));
    await eventually(
      async () =>
        (await tests.connection.query("select from velella_execution where transaction_id = $1 and cancelled", [workflow.getName()]))
          .rowCount,
      (count) => count === 1,
    );
    await sleep(200);
    expect(trace).toStrictEqual(["begin first", "begin deaf"]);
    end();
    expect((await ending).state).toBe("reverted");
    expect(trace.slice(2)).toStrictEqual([
      ["undo", "deaf", "what deaf left", false],
      ["undo", "first", "what first left", false],
    ]);
  });
});

test.each(["transform", "condition"])("a %s that never ends is not waited for", async (what) => {
  const { engine } = tests.engine();
  await engine.start();
  const endless = () => {
    trace.push(what);
    return new Promise<never>(() => undefined);
  };
  const workflow = flow(() => (what === "condition" ? when({}, endless as never).then(() => undefined) : use(transform({}, endless))));
  expect(await cancelled(engine, workflow, begin(engine, workflow))).toMatchObject({ state: "reverted" });
  expect(trace).toStrictEqual(["begin first", what, ["undo", "first", "what first left", false]]);
});

// Far away, so that it is not by chance that it is heard of.
const far = { pollInterval: 60_000, leaseSeconds: 180 };
test.each<[string, Partial<WorkflowEngineOptions>]>([
  ["that listens, at once", far],
  ["in the mode server that listens, at once", { ...far, mode: "server" }],
  ["that does not listen, with its next look", { listen: false, pollInterval: 200, leaseSeconds: 180 }],
  ["in the mode server that does not listen, with its next sign of life", { ...far, listen: false, mode: "server", leaseSeconds: 1.5 }],
])("another instance hears of it, %s", async (_name, options) => {
  const owner = tests.engine(options).engine;
  const other = tests.engine({ mode: "server" }).engine;
  await owner.start();
  await other.start();
  const workflow = flow(step("slow", obedient));
  const { state } = await cancelled(other, workflow, begin(owner, workflow));
  expect(state).toBe("reverted");
  expect(trace.slice(2)).toStrictEqual([
    ["undo", "slow", undefined, false],
    ["undo", "first", "what first left", false],
  ]);
});
