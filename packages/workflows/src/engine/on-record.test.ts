import { markConnectionError } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow, transform, WorkflowResponse } from "../index";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

// Whatever values and names there are, they can be put on record and read again; what cannot be does not turn in circles.

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])('a step may be called "%s"', async (name) => {
  const { container } = tests.engine({ journalAll: true });
  for (const pure of [true, false]) {
    let calls = 0;
    const step = createStep({ name, pure }, async (value: number) => {
      calls++;
      return value + 1;
    });
    const workflow = createWorkflow(`named-${name}-${pure}`, () => new WorkflowResponse(step(transform({}, () => 1))));
    expect((await workflow(container).run()).result).toBe(2);
    expect(calls).toBe(1);
  }
});

test("what was computed comes back as it was in another process: any text, and the order of keys", async () => {
  const { engine, container, another } = await ownSchema(tests);
  const values = ["ab😀".slice(0, 3), "a\0b", { zebra: 1, a: 2, mm: 3 }];
  const seen: string[] = [];
  const see = createStep("see", async (value: unknown) => void seen.push(JSON.stringify(value)));
  const wait = createStep({ name: "wait", async: true }, async () => undefined);
  const workflow = createWorkflow("any-text", () => {
    const computed = values.map((value) => transform({}, () => value));
    computed.forEach((value, i) => void see(value).config({ name: `before-${i}` }));
    wait();
    computed.forEach((value, i) => void see(value).config({ name: `after-${i}` }));
  });
  await workflow(container).run({ transactionId: "any" });
  await engine.stop();
  const other = another();
  await other.start();
  await other.setStepSuccess({ idempotencyKey: { workflowId: "any-text", transactionId: "any", stepId: "wait" } });
  const texts = values.map((value) => JSON.stringify(value));
  expect(
    await eventually(
      () => seen,
      ({ length }) => length === 6,
    ),
  ).toStrictEqual([...texts, ...texts]);
});

test("a run whose end the database refuses is put aside with its reason, and goes on when someone has seen to it", async () => {
  const { engine, container, query } = await ownSchema(tests);
  await engine.start();
  await query("alter table velella_execution add constraint no_such_result check (result not like '%forbidden%')");
  let calls = 0;
  const step = createStep("step", async () => {
    calls++;
    return "forbidden";
  });
  const workflow = createWorkflow({ name: "refused", store: true }, () => new WorkflowResponse(step()));
  await expect(workflow(container).run({ transactionId: "refused" })).rejects.toMatchObject({
    reason: "engine.parked",
    message: expect.stringContaining('violates check constraint "no_such_result"'),
  });
  const [parked] = await engine.listWorkflowExecutions({ transaction_id: "refused" });
  expect(parked?.execution).toMatchObject({ parked: expect.stringContaining("no_such_result"), epoch: 1 });
  await query("alter table velella_execution drop constraint no_such_result");
  await engine.retryExecution(workflow, { transactionId: "refused" });
  const state = async () => (await engine.listWorkflowExecutions({ transaction_id: "refused" }))[0]?.state;
  expect(await eventually(state, (found) => found === "done")).toBe("done");
  expect(calls).toBe(1);
});

test("when the answer to the ends of many runs gets lost, each caller hears of its own", async () => {
  const { connection } = tests;
  let lost = 0;
  const query: SqlConnection["query"] = async (text, params, name) => {
    const result = await connection.query<never>(text, params, name);
    const ids = params?.[1];
    if (name === "velella_finish" && Array.isArray(ids) && ids.length > 1 && !lost) {
      lost = ids.length;
      throw markConnectionError(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    }
    return result;
  };
  const { engine, container } = tests.engine({ checkpoints: { ...connection, query } });
  await engine.start();
  let calls = 0;
  const first = createStep("first", async () => ++calls);
  const second = createStep("second", async () => undefined);
  const workflow = createWorkflow("many-ends", () => {
    first();
    second();
  });
  const runs = await Promise.all(Array.from({ length: 30 }, () => workflow(container).run()));
  expect(runs.map(({ transaction }) => transaction.getState())).toStrictEqual(runs.map(() => "done"));
  expect(lost).toBeGreaterThan(1);
  expect(calls).toBe(30);
});

test("a pure step that waits for its next attempt can be cancelled, and its workflow's time can end", async () => {
  const { engine, container } = await ownSchema(tests);
  await engine.start();
  const undone: string[] = [];
  const before = createStep(
    "before",
    async (name: string) => name,
    async (name) => void undone.push(String(name)),
  );
  const read = createStep({ name: "read", pure: true, maxRetries: 3, retryInterval: 600 }, async () => {
    throw new Error("not yet");
  });
  const readers = (name: string, timeout?: number) =>
    createWorkflow({ name, store: true, ...(timeout && { timeout }) }, () => {
      before(name);
      read();
    });
  const state = async (id: string) => (await engine.listWorkflowExecutions({ transaction_id: id }))[0]?.state;
  await readers("reads-cancelled")(container).run({ transactionId: "cancelled" });
  expect((await engine.cancel("reads-cancelled", { transactionId: "cancelled" })).transaction.getState()).toBe("reverted");
  await readers("reads-late", 0.5)(container).run({ transactionId: "late" });
  const ended = await eventually(
    () => state("late"),
    (found) => found === "reverted",
  );
  expect([ended, undone]).toStrictEqual(["reverted", ["reads-cancelled", "reads-late"]]);
});
