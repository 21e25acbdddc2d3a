import { asValue, createContainer } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import { runners } from "../testing/runners";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
const logged: string[] = [];
const logger = { error: (line: string) => void logged.push(line), warn: () => undefined } as never;

const stubborn = createStep(
  { name: "stubborn", maxRetries: 2 },
  async () => undefined,
  async () => {
    throw new Error("stays");
  },
);
const breaks = createStep({ name: "breaks", maxRetries: 2 }, async () => {
  throw new Error("broken");
});
const inner = createWorkflow("failures-inner", () => void breaks());
const outer = createWorkflow("failures-outer", () => {
  stubborn();
  inner.runAsStep({ input: undefined });
});

describe.each(runners)("a failed run, %s", (_name, create) => {
  const runner = create();
  beforeAll(() => runner.open());
  afterAll(() => runner.close());

  test("says which step of which workflow failed at which attempt, in its errors and in the log", async () => {
    const container = createContainer();
    for (const [name, service] of Object.entries({ ...runner.services(), logger })) container.register({ [name]: asValue(service) });
    logged.length = 0;
    const { errors } = await outer(container).run({ context: { transactionId: "T" }, throwOnError: false, logOnError: true });
    const transactionId = "T";
    expect(errors).toMatchObject([
      {
        action: "breaks",
        handlerType: "invoke",
        workflowId: "failures-inner",
        transactionId,
        step: "failures-inner-as-step/breaks",
        attempt: 3,
      },
      { action: "stubborn", handlerType: "compensate", workflowId: "failures-outer", transactionId, step: "stubborn", attempt: 3 },
    ]);
    expect(logged.map((line) => line.split("\n", 1)[0])).toStrictEqual([
      'Workflow "failures-outer", transaction "T": step "failures-inner-as-step/breaks", attempt 3, failed: Error: broken',
      'Workflow "failures-outer", transaction "T": undoing step "stubborn", attempt 3, failed: Error: stays',
    ]);
  });
});

describe("a run that nobody waits for", () => {
  beforeAll(() => tests.open());
  afterAll(() => tests.close());

  test("says in the log that it failed, but not that it was cancelled", async () => {
    const { engine, container } = tests.engine({ logger });
    await engine.start();
    const wait = createStep({ name: "wait", async: true }, async () => undefined);
    const workflow = createWorkflow("failures-later", () => {
      wait();
      breaks();
    });
    logged.length = 0;
    for (const transactionId of ["later", "cancelled"]) await workflow(container).run({ transactionId });
    await engine.cancel(workflow, { transactionId: "cancelled" });
    await engine.setStepSuccess({ idempotencyKey: { workflowId: "failures-later", transactionId: "later", stepId: "wait" } });
    await eventually(
      () => logged.length,
      (count) => count > 0,
    );
    expect(logged.map((line) => line.split("\n", 1)[0])).toStrictEqual([
      'Workflow "failures-later", transaction "later": step "breaks", attempt 3, failed: Error: broken',
    ]);
  });
});
