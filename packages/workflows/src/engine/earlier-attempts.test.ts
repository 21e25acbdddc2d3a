import { afterAll, beforeAll, expect, test } from "vitest";
import type { SqlConnection } from "@velella/kernel";
import { createStep, createWorkflow } from "../index";
import type { StepOptions, TimelineStep, WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
let engine: WorkflowEngine;
const statements: string[] = [];

beforeAll(async () => {
  await tests.open();
  const counting: SqlConnection = {
    ...tests.connection,
    query: (text, ...rest) => {
      statements.push(text);
      return tests.connection.query(text, ...rest);
    },
  };
  ({ engine } = tests.engine({ connection: counting, secret: "the key", journalAll: true }));
  await engine.start();
});
afterAll(() => tests.close());

const message = (error: { message: string }) => error.message;
const shown = ({ status, attempts, error, earlier_attempts, earlier_attempts_left_out }: TimelineStep) => ({
  status,
  attempts,
  error: error && message(error),
  earlier: earlier_attempts?.map(({ attempt, error: { message: text } }) => `${attempt} ${text}`),
  ...(earlier_attempts_left_out && { leftOut: earlier_attempts_left_out }),
});
const stepsOf = async (transactionId: string) =>
  (await engine.listWorkflowExecutions({ transaction_id: transactionId }))[0]!.execution.steps;
const ends = (transactionId: string) =>
  eventually(
    async () => (await engine.listWorkflowExecutions({ transaction_id: transactionId }))[0]?.state ?? "",
    (state) => ["done", "reverted", "failed"].includes(state),
  );
const failing = (name: string, works: number, options: StepOptions = {}) =>
  createStep({ name, ...options }, async (_: unknown, { attempt }) => {
    if (attempt < works) throw new TypeError(`no ${attempt}`);
    return attempt;
  });

test("attempts that fail within one process are written with the record that follows them", async () => {
  const workflow = createWorkflow({ name: "at-once", store: true }, () => {
    failing("works", 1)();
    failing("third", 3, { maxRetries: 2 })();
    failing("never", 9, { maxRetries: 1, continueOnPermanentFailure: true })();
  });
  statements.length = 0;
  await engine.run(workflow, { transactionId: "at-once" });
  expect(statements.filter((text) => text.includes("insert into velella_step"))).toHaveLength(3);
  const steps = await stepsOf("at-once");
  expect(steps.map(shown)).toStrictEqual([
    { status: "done", attempts: 1, error: undefined, earlier: undefined },
    { status: "done", attempts: 3, error: undefined, earlier: ["1 no 1", "2 no 2"] },
    { status: "failed", attempts: 2, error: "no 2", earlier: ["1 no 1"] },
  ]);
  const [first] = steps[1]!.earlier_attempts!;
  expect(first).toStrictEqual({
    attempt: 1,
    started_at: expect.any(Date),
    finished_at: expect.any(Date),
    error: { name: "TypeError", message: "no 1" },
  });
  expect(first!.finished_at.getTime()).toBeGreaterThanOrEqual(first!.started_at.getTime());
  const { rows } = await tests.connection.query<{ n: number }>("select count(*)::int as n from velella_step where earlier is null");
  expect(rows[0]?.n).toBe(1);
});

test("those between which the run waits are kept when the next record overwrites them, and each has its own times", async () => {
  const workflow = createWorkflow({ name: "waits", store: true }, () => void failing("later", 4, { maxRetries: 3, retryInterval: 0.1 })());
  await engine.run(workflow, { transactionId: "waits" });
  expect(await ends("waits")).toBe("done");
  const [step] = await stepsOf("waits");
  expect(shown(step!)).toStrictEqual({ status: "done", attempts: 4, error: undefined, earlier: ["1 no 1", "2 no 2", "3 no 3"] });
  const times = [...step!.earlier_attempts!, step!];
  for (const [i, { started_at, finished_at }] of times.entries()) {
    expect(finished_at.getTime()).toBeGreaterThanOrEqual(started_at.getTime());
    if (i > 0) expect(started_at.getTime() - times[i - 1]!.finished_at.getTime()).toBeGreaterThanOrEqual(90);
  }
});

test("of many the first three and the last seven are kept", async () => {
  const workflow = createWorkflow({ name: "many", store: true }, () => void failing("many", 15, { maxRetries: 20 })());
  await engine.run(workflow, { transactionId: "many" });
  expect((await stepsOf("many")).map(shown)).toStrictEqual([
    {
      status: "done",
      attempts: 15,
      error: undefined,
      earlier: [1, 2, 3, 8, 9, 10, 11, 12, 13, 14].map((n) => `${n} no ${n}`),
      leftOut: 4,
    },
  ]);
});

test("a compensation shows its own; secret parts stand in none of them", async () => {
  const undone = createStep(
    { name: "undone", secret: { input: ["card"], output: ["card"] } },
    async ({ card }: { card: string }) => ({ card }),
    async (data, { attempt }) => {
      if (attempt < 3) throw new Error(`cannot undo ${data?.card}`);
    },
  );
  const fails = createStep({ name: "fails", maxRetries: 1, secret: { input: ["card"] } }, async ({ card }: { card: string }) => {
    throw new Error(`declined ${card}`);
  });
  const workflow = createWorkflow({ name: "undone", store: true }, (input: { card: string }) => {
    undone(input);
    fails(input);
  });
  await engine.run(workflow, { input: { card: "4242" }, transactionId: "undone", throwOnError: false });
  const steps = await stepsOf("undone");
  expect(steps.map((step) => [step.phase, shown(step)])).toStrictEqual([
    ["invoke", { status: "done", attempts: 1, error: undefined, earlier: undefined }],
    ["invoke", { status: "failed", attempts: 2, error: "declined [secret]", earlier: ["1 declined [secret]"] }],
    ["compensate", { status: "done", attempts: 3, error: undefined, earlier: ["1 cannot undo [secret]", "2 cannot undo [secret]"] }],
  ]);
  const { rows } = await tests.connection.query("select from velella_step where earlier like '%4242%'");
  expect(rows).toHaveLength(0);
});

test("a compensation that someone has tried again keeps those it had, and may be tried as often as before", async () => {
  let mended = 7;
  const undone = createStep(
    "retried",
    async () => 1,
    async (_, { attempt }) => {
      if (attempt < mended) throw new Error(`cannot undo ${attempt}`);
    },
  );
  const workflow = createWorkflow({ name: "retried", store: true }, () => {
    undone();
    failing("fails", 9)();
  });
  await engine.run(workflow, { transactionId: "retried", throwOnError: false });
  const compensation = async () => (await stepsOf("retried")).find(({ phase }) => phase === "compensate");
  const again = async () => {
    await engine.retryExecution(workflow, { transactionId: "retried" });
    return ends("retried");
  };
  const texts = (numbers: number[]) => numbers.map((n) => `${n} cannot undo ${n}`);
  expect(shown((await compensation())!)).toStrictEqual({ status: "failed", attempts: 3, error: "cannot undo 3", earlier: texts([1, 2]) });
  // Three more, of which all fail.
  expect(await again()).toBe("failed");
  const step = (await compensation())!;
  expect(shown(step)).toStrictEqual({ status: "failed", attempts: 6, error: "cannot undo 6", earlier: texts([1, 2, 3, 4, 5]) });
  const times = [...step.earlier_attempts!, step];
  for (const [i, { started_at, finished_at }] of times.entries()) {
    expect(finished_at.getTime()).toBeGreaterThanOrEqual(started_at.getTime());
    // Those of one attempt are by two clocks, where it was the last one of its process.
    if (i > 0) expect(started_at.getTime()).toBeGreaterThanOrEqual(times[i - 1]!.finished_at.getTime() - 20);
  }
  mended = 8;
  expect(await again()).toBe("reverted");
  expect(shown((await compensation())!)).toStrictEqual({
    status: "done",
    attempts: 8,
    error: undefined,
    earlier: texts([1, 2, 3, 4, 5, 6, 7]),
  });
  expect((await engine.listWorkflowExecutions({ transaction_id: "retried" }))[0]?.context.errors).toMatchObject([{ action: "fails" }]);
});

test("they are read where they are selected, and only there", async () => {
  const listed = (path: string) => engine.listWorkflowExecutions({ transaction_id: "many" }, { select: [path] });
  expect((await listed("execution.steps.earlier_attempts_left_out"))[0]?.execution.steps).toStrictEqual([{ earlier_attempts_left_out: 4 }]);
  statements.length = 0;
  expect((await listed("execution.steps.attempts"))[0]?.execution.steps).toStrictEqual([{ attempts: 15 }]);
  expect(statements.find((text) => text.includes("from velella_step"))).not.toContain("earlier");
});
