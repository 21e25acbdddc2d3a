import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import type { WorkflowEngineOptions } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

const pollInterval = 1500;
const wait = createStep({ name: "wait", async: true }, async () => undefined);
const after = createStep("after", async () => "done");
createWorkflow({ name: "bell", store: true }, () => {
  wait();
  after();
});
let n = 0;

/** How long it takes until another instance delivers an event, and until it takes up a run that is answered here. */
async function latencies(options: Partial<WorkflowEngineOptions>): Promise<[event: number, resume: number]> {
  const schema = `bell_${++n}`;
  const server = tests.engine({ schema, mode: "server", pollInterval, ...options }).engine;
  const worker = tests.engine({ schema, mode: "worker", pollInterval, ...options }).engine;
  await server.migrate();
  let heard = 0;
  worker.subscribers.add({ id: "s", events: ["e"], handler: () => void heard++ });
  await server.start();
  await worker.start();
  const transactionId = `${n}`;
  await server.run("bell", { transactionId });
  const query = async (text: string) => (await tests.connection.query(text.replace("velella_", `${schema}.velella_`))).rowCount;
  await eventually(
    () => query("select from velella_execution where owner is null"),
    (rows) => rows === 1,
  );
  // Right after a look of the worker, so that its next one is as far away as can be.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const eventSince = performance.now();
  await server.events.emit({ name: "e", data: 1 });
  await eventually(
    () => heard,
    (count) => count === 1,
  );
  const eventTook = performance.now() - eventSince;
  const resumeSince = performance.now();
  await server.setStepSuccess({ idempotencyKey: { workflowId: "bell", transactionId, stepId: "wait" } });
  await eventually(
    () => query("select from velella_execution where state = 'done'"),
    (rows) => rows === 1,
  );
  const took: [number, number] = [eventTook, performance.now() - resumeSince];
  await server.stop();
  await worker.stop();
  return took;
}

test("another instance is told of events and answers; without LISTEN it finds them at its next look", async () => {
  const [event, resume] = await latencies({});
  expect(event).toBeLessThan(pollInterval / 3);
  expect(resume).toBeLessThan(pollInterval / 3);
  const [polledEvent, polledResume] = await latencies({ listen: false });
  expect(polledEvent).toBeGreaterThan(event);
  expect(polledResume).toBeGreaterThan(pollInterval / 3);
  expect(polledResume).toBeLessThan(pollInterval * 2);
}, 20_000);
