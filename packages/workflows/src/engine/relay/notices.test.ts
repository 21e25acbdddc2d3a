import { silentLogger } from "@velella/kernel";
import type { Logger, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow } from "../../index";
import type { WorkflowEngineOptions } from "../../index";
import { ownSchema } from "../../testing/own-schema";
import type { OwnSchema } from "../../testing/own-schema";
import { eventually, testEngines } from "../../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

const workflowId = "noticed";
createWorkflow({ name: workflowId, retentionTime: 60 }, (size: number) => {
  createStep("make", async (length: number) => "x".repeat(length))(size);
});

/** Has an engine hear of runs, when the others know of it: of steps that succeeded, and of ends. */
async function heardBy(schema: OwnSchema): Promise<{ steps: string[]; ends: string[] }> {
  const heard = { steps: [] as string[], ends: [] as string[] };
  await schema.engine.start();
  schema.engine.subscribe({
    workflowId,
    subscriber: ({ eventType, transactionId }) => {
      if (eventType === "onStepSuccess") heard.steps.push(transactionId);
      if (eventType === "onFinish") heard.ends.push(transactionId);
    },
  });
  await eventually(
    () => schema.query("select from velella_subscription"),
    ({ length }) => length === 1,
  );
  return heard;
}

test("an instance that listens is told at once; without LISTEN it finds what was sent at its next look", async () => {
  const latency = async (pollInterval: number, options: Partial<WorkflowEngineOptions>) => {
    const schema = await ownSchema(tests, () => ({ mode: "server", pollInterval, ...options }));
    const { ends } = await heardBy(schema);
    // Long enough for its session to listen, and for its first look.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const since = performance.now();
    await schema.another({ mode: "server" }).run(workflowId, { input: 1 });
    await eventually(
      () => ends,
      ({ length }) => length === 1,
    );
    return performance.now() - since;
  };
  // It ends although its next look is far away.
  await latency(3_600_000, {});
  expect(await latency(3000, { sessionLock: false })).toBeGreaterThan(600);
});

test("when too much waits to be sent, what comes on top is dropped, and that is said; then it goes on", async () => {
  const warned: string[] = [];
  const logger = { ...silentLogger(), warn: (message: string) => void warned.push(message) } as Logger;
  let release: () => void = () => undefined;
  const stalled = new Promise<void>((resolve) => (release = resolve));
  const checkpoints: SqlConnection = {
    ...tests.connection,
    query: async (text, ...rest) => {
      if (text.includes("insert into") && text.includes("velella_notice")) await stalled;
      return tests.connection.query(text, ...rest);
    },
  };
  const schema = await ownSchema(tests, () => ({ mode: "server" }));
  const { steps, ends } = await heardBy(schema);
  const runner = schema.another({ mode: "server", checkpoints, logger });
  const ids = Array.from({ length: 300 }, (_, i) => `${i}`);
  // No run waits for what cannot be sent.
  await Promise.all(ids.map((transactionId) => runner.run(workflowId, { transactionId, input: 60_000 })));
  expect(warned).toStrictEqual(["Subscribers elsewhere miss what happens in runs here: too much waits to be sent to them."]);
  release();
  await eventually(
    () => ends,
    ({ length }) => length > 0,
  );
  await runner.run(workflowId, { transactionId: "later", input: 1 });
  await eventually(
    () => ends,
    (heard) => heard.includes("later"),
  );
  expect(ends).toContain("later");
  expect(steps.length).toBeLessThan(ids.length);
  expect(warned).toHaveLength(1);
});

test("a run that cannot be subscribed to elsewhere takes no other subscription with it", async () => {
  const warned: string[] = [];
  const logger = { ...silentLogger(), warn: (message: string) => void warned.push(message) } as Logger;
  const schema = await ownSchema(tests, () => ({ mode: "server", logger }));
  await schema.engine.start();
  const long = Array.from({ length: 500 }, (_, i) => `${Math.sin(i)}`).join("");
  for (const transactionId of ["t", "\u0000", long, "u"])
    schema.engine.subscribe({ workflowId, transactionId, subscriber: () => undefined });
  const announced = await eventually(
    () => schema.query<{ transaction_id: string }>("select transaction_id from velella_subscription order by 1"),
    ({ length }) => length === 2,
  );
  expect(announced).toStrictEqual([{ transaction_id: "t" }, { transaction_id: "u" }]);
  expect(warned).toHaveLength(2);
  for (const line of warned)
    expect(line).toMatch(
      /^Subscribers do not hear here what happens in other processes to runs of "noticed": error: (invalid byte|index row)/,
    );
});
