import { asValue, createContainer } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow, WorkflowResponse } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

const greet = createStep("greet", async (_: unknown, { container }) => container.resolve<string>("greeting"));
const workflow = createWorkflow({ name: "greets", retentionTime: 60 }, () => new WorkflowResponse(greet()));

/** A container with an engine, and a service that says hello. */
function greeting(text: string) {
  const { engine, container } = tests.engine();
  container.register({ greeting: asValue(text) });
  return { engine, container };
}

test("the container of a run may be given with its options, wherever these are", async () => {
  const { engine, container } = greeting("hello");
  for (const run of [
    () => workflow(container).run(),
    () => workflow.run({ container }),
    () => workflow().run({ container }),
    () => workflow(createContainer()).run({ container }),
    () => engine.run(workflow, { container }),
  ]) {
    const { result, transaction } = await run();
    expect(result).toBe("hello");
    // It is kept, so it went through the engine.
    const execution = await engine.getRunningTransaction("greets", transaction.transactionId);
    expect(execution.getState()).toBe("done");
  }
});

test("a container of the options goes before that of the workflow", async () => {
  const { container } = greeting("bonjour");
  const { container: other } = greeting("buenos días");
  expect((await workflow(container).run({ container: other })).result).toBe("buenos días");
});

test("a step that waits is answered in the container that is given with the answer", async () => {
  const { engine, container } = greeting("hello");
  await engine.start();
  const waiting = createWorkflow({ name: "greets-late", retentionTime: 60 }, () => {
    createStep({ name: "asked", async: true }, async () => {})();
    greet();
  });
  const { transactionId } = (await waiting.run({ container })).transaction;
  const idempotencyKey = { workflowId: "greets-late", transactionId, stepId: "asked" };
  await waiting().registerStepSuccess({ idempotencyKey, response: 1, container });
  const state = async () => (await engine.getRunningTransaction("greets-late", transactionId)).getState();
  expect(await eventually(state, (found) => found === "done")).toBe("done");
});
