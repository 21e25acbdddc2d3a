import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, StepResponse, when } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// Runs with skipOnPermanentFailure that are taken up: what was done before stays done, with its value, and is undone with the rest.

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

test("steps beside the one that failed are neither lost nor left out when the run is undone", async () => {
  const { engine } = tests.engine();
  await engine.start();
  const trace: unknown[] = [];
  const step = (name: string) =>
    createStep(
      name,
      async (_input: unknown) => new StepResponse(`${name}'s value`, `${name}'s`),
      async (data) => void trace.push(["undo", name, data]),
    );
  const breaks = createStep({ name: "breaks", skipOnPermanentFailure: "second" }, async (): Promise<void> => {
    await sleep(50);
    throw new Error("tolerated");
  });
  const wait = createStep({ name: "wait", async: true }, async () => undefined);
  const end = createStep("end", async (input: unknown): Promise<void> => {
    trace.push(["end", input]);
    throw new Error("as asked");
  });
  const workflowId = "skip-resumed";
  createWorkflow({ name: workflowId, store: true }, () => {
    const [, beside] = parallelize(
      breaks(),
      when("holds", {}, () => true).then(() => {
        step("first")(1);
        return step("beside")(1);
      }),
    );
    step("skipped")(1);
    step("second")(1);
    wait();
    end(beside);
  });
  await engine.run(workflowId, { transactionId: workflowId, throwOnError: false });
  const find = async () => (await engine.listWorkflowExecutions({ transaction_id: workflowId })).at(0);
  await eventually(find, (found) => found?.execution.owner === null);
  await engine.setStepSuccess({ idempotencyKey: { workflowId, transactionId: workflowId, stepId: "wait", action: "invoke" } });
  expect((await eventually(find, (found) => found?.state === "reverted"))?.state).toBe("reverted");
  expect(trace).toStrictEqual([
    ["end", "beside's value"],
    ["undo", "second", "second's"],
    ["undo", "beside", "beside's"],
    ["undo", "first", "first's"],
  ]);
});
