import { setTimeout as sleep } from "node:timers/promises";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow, WorkflowResponse } from "../../index";
import type { WorkflowEngine } from "../../index";
import { ownSchema } from "../../testing/own-schema";
import { eventually, testEngines } from "../../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

const asked = ["ask-1", "ask-2", "ask-3"];
const workflowId = "wanders";
createWorkflow(workflowId, () => {
  for (const name of asked) {
    createStep(`before-${name}`, async () => name)();
    createStep({ name, async: true }, async () => undefined)();
  }
  return new WorkflowResponse("arrived");
});

/** What a subscriber of an engine hears of each run. */
function ear(engine: WorkflowEngine) {
  const byRun = new Map<string, string[]>();
  engine.subscribe({
    workflowId,
    subscriber: ({ eventType, step, transactionId }) => {
      const heard = byRun.get(transactionId) ?? [];
      byRun.set(transactionId, [...heard, `${eventType} ${step?.id ?? ""}`]);
    },
  });
  return byRun;
}

test("runs that wander between instances are heard everywhere in one order, each thing once", async () => {
  const engines = ["shared", "shared", "worker", "server"].map((mode) => tests.engine({ mode: mode as "shared" }).engine);
  for (const engine of engines) await engine.start();
  const ears = engines.map(ear);
  await eventually(
    async () => (await tests.connection.query("select from velella_subscription")).rowCount,
    (count) => count === engines.length,
  );
  const ids = Array.from({ length: 40 }, (_, i) => `run-${i}`);
  await Promise.all(
    ids.map(async (transactionId, i) => {
      const engineFor = (n: number) => engines[(i + n) % engines.length] as WorkflowEngine;
      await engineFor(0).run(workflowId, { transactionId });
      for (const [n, stepId] of asked.entries()) {
        const answer = () => engineFor(n + 1).setStepSuccess({ idempotencyKey: { workflowId, transactionId, stepId } });
        const answered = await eventually(
          () =>
            answer().then(
              () => true,
              () => false,
            ),
          Boolean,
        );
        expect(answered, `${stepId} of ${transactionId}`).toBe(true);
      }
    }),
  );
  const ends = (heard: Map<string, string[]>) => [...heard.values()].filter((lines) => lines.at(-1) === "onFinish ").length;
  await eventually(
    () => ears.map(ends),
    (counts) => counts.every((count) => count === ids.length),
  );
  const [reference] = ears;
  for (const heard of ears) expect(Object.fromEntries([...heard].sort())).toStrictEqual(Object.fromEntries([...(reference ?? [])].sort()));
  for (const lines of reference?.values() ?? []) {
    const steps = lines.filter((line) => line.startsWith("onStepBegin"));
    expect(steps).toStrictEqual(asked.flatMap((name) => [`onStepBegin before-${name}`, `onStepBegin ${name}`]));
    expect(lines.filter((line) => line === "onFinish ")).toHaveLength(1);
  }
});

test("what happens next comes after what is on its way, however slowly that is sent and looked for", async () => {
  const slow: SqlConnection = {
    ...tests.connection,
    query: async (text, ...rest) => {
      if (text.includes("insert into") && text.includes("velella_notice")) await sleep(200);
      return tests.connection.query(text, ...rest);
    },
  };
  const schema = await ownSchema(tests, () => ({ mode: "server", checkpoints: slow }));
  const next = schema.another({ mode: "shared", pollInterval: 5000, listen: false });
  await next.start();
  const heard = ear(next);
  const ask = { idempotencyKey: { workflowId, transactionId: "t", stepId: "ask-1" } };
  await eventually(
    () => schema.query("select from velella_subscription"),
    ({ length }) => length === 1,
  );
  await schema.engine.run(workflowId, { transactionId: "t" });
  await eventually(
    () => schema.query("select from velella_execution where owner is null"),
    ({ length }) => length === 1,
  );
  await next.setStepSuccess(ask);
  const lines = await eventually(
    () => heard.get("t") ?? [],
    (found) => found.includes("onStepAwaiting ask-2"),
  );
  expect(lines).toStrictEqual([
    "onBegin ",
    "onStepBegin before-ask-1",
    "onStepSuccess before-ask-1",
    "onStepBegin ask-1",
    "onStepAwaiting ask-1",
    "onResume ",
    "onStepSuccess ask-1",
    "onStepBegin before-ask-2",
    "onStepSuccess before-ask-2",
    "onStepBegin ask-2",
    "onStepAwaiting ask-2",
  ]);
});
