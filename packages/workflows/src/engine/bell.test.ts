import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterEach(() => tests.stop());
afterAll(() => tests.close());

const wait = createStep({ name: "wait", async: true }, async () => undefined);
const after = createStep("after", async () => "done");
createWorkflow({ name: "bell", store: true }, () => {
  wait();
  after();
});

/** An instance that only emits and answers, and one that only works, which looks by itself at such intervals. */
async function pair(pollInterval: number, listen: boolean) {
  const { engine: server, another, query } = await ownSchema(tests, () => ({ mode: "server", listen }));
  const worker = another({ mode: "worker", pollInterval, listen });
  let heard = 0;
  worker.subscribers.add({ id: "s", events: ["e"], handler: () => void heard++ });
  await server.start();
  await worker.start();
  await server.run("bell", { transactionId: "t" });
  await eventually(
    () => query("select from velella_execution where owner is null"),
    (rows) => rows.length === 1,
  );
  return {
    deliversAnEvent: async () => {
      await server.events.emit({ name: "e", data: 1 });
      await eventually(() => heard, Boolean);
    },
    takesUpARun: async () => {
      await server.setStepSuccess({ idempotencyKey: { workflowId: "bell", transactionId: "t", stepId: "wait" } });
      await eventually(
        () => query("select from velella_execution where state = 'done'"),
        (rows) => rows.length === 1,
      );
    },
  };
}

test("another instance is told of events and answers, and does not wait for its next look", async () => {
  const worker = await pair(3_600_000, true);
  await worker.deliversAnEvent();
  await worker.takesUpARun();
});

test("without LISTEN it finds them at its next look", async () => {
  const pollInterval = 3000;
  const worker = await pair(pollInterval, false);
  await worker.deliversAnEvent();
  const since = performance.now();
  await worker.takesUpARun();
  // The look that found the event was just now.
  expect(performance.now() - since).toBeGreaterThan(500);
});
