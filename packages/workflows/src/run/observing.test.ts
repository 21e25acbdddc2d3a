import type { Container } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, StepResponse, WorkflowResponse } from "../index";
import type { RunEventHandlers, WorkflowNotification } from "../index";
import { containerFor, runners } from "../testing/runners";

// What those who watch a run are told, and that they cannot harm it: the same in both runners.
describe.each(runners)("%s", (_name, create) => {
  let container: Container;
  let log: string[];
  const runner = create();
  beforeAll(() => runner.open());
  afterAll(() => runner.close());
  const id = () => `wf-${Math.random().toString(36).slice(2)}`;

  beforeEach(() => {
    container = containerFor(runner);
    log = runner.log();
  });

  const every = (handler: (notification: WorkflowNotification) => unknown): RunEventHandlers =>
    Object.fromEntries(
      (
        [
          "onBegin",
          "onResume",
          "onStepBegin",
          "onStepSuccess",
          "onStepFailure",
          "onStepAwaiting",
          "onStepSkipped",
          "onCompensateBegin",
          "onCompensateStepSuccess",
          "onCompensateStepFailure",
          "onTimeout",
          "onFinish",
        ] as const
      ).map((eventType) => [eventType, handler]),
    );
  const one = createStep(
    "one",
    async (input: unknown) => new StepResponse(input, "data"),
    async () => undefined,
  );
  const fail = createStep("fail", async (): Promise<void> => {
    throw new Error("as asked");
  });

  test("is told of each event with the run, the step and how it all stands", async () => {
    const inner = createWorkflow(id(), (input: { n: number }) => new WorkflowResponse(one(input.n)));
    const workflow = createWorkflow(id(), (input: { n: number }) => {
      one(input);
      const nested = inner.runAsStep({ input }).config({ name: "nested" });
      return new WorkflowResponse(nested);
    });
    const seen: unknown[] = [];
    const workflowId = workflow.getName();
    const note = ({ transaction, eventType, step, response, result, ...ids }: WorkflowNotification) => {
      expect(ids).toMatchObject({ workflowId, transactionId: "t", runId: transaction.runId });
      expect(transaction).toMatchObject({ workflowId, modelId: workflowId, transactionId: "t" });
      seen.push([eventType, step, response ?? result, transaction.getState(), Object.keys(transaction.getContext().invoke)]);
    };
    const { transaction } = await workflow(container).run({ input: { n: 1 }, transactionId: "t", events: every(note) });
    const [step, nested] = [
      { id: "one", action: "one" },
      { id: "nested/one", action: "one" },
    ];
    expect(seen).toStrictEqual([
      ["onBegin", undefined, undefined, "invoking", []],
      ["onStepBegin", step, undefined, "invoking", []],
      ["onStepSuccess", step, { n: 1 }, "invoking", []],
      ["onStepBegin", nested, undefined, "invoking", ["one"]],
      ["onStepSuccess", nested, 1, "invoking", ["one"]],
      ["onFinish", undefined, 1, "done", ["one", "nested"]],
    ]);
    expect(transaction.getContext()).toStrictEqual({
      payload: { n: 1 },
      invoke: { one: { output: { n: 1 } }, nested: { output: 1 } },
      compensate: {},
    });
    expect(transaction.getFlow()).toStrictEqual({
      modelId: workflowId,
      transactionId: "t",
      runId: transaction.runId,
      state: "done",
      hasFailedSteps: false,
      hasRevertedSteps: false,
    });
  });

  test("is told of failures, and of what is undone", async () => {
    const workflow = createWorkflow(id(), () => {
      one(1);
      fail();
    });
    const seen: unknown[] = [];
    const note = ({ eventType, step, errors, transaction }: WorkflowNotification) =>
      seen.push([eventType, step?.action, errors?.length ?? 0, transaction.getState(), transaction.getErrors("invoke").length]);
    const { transaction } = await workflow(container).run({ throwOnError: false, events: every(note) });
    expect(seen.slice(3)).toStrictEqual([
      ["onStepBegin", "fail", 0, "invoking", 0],
      ["onStepFailure", "fail", 1, "invoking", 0],
      ["onCompensateBegin", undefined, 0, "compensating", 1],
      ["onCompensateStepSuccess", "one", 0, "compensating", 1],
      ["onFinish", undefined, 1, "reverted", 1],
    ]);
    expect(transaction.getFlow()).toMatchObject({ state: "reverted", hasFailedSteps: true, hasRevertedSteps: true });
    expect(transaction.getContext().compensate).toStrictEqual({ one: { output: undefined } });
  });

  test("a handler that throws, or rejects, is logged, and the run is as it would be without", async () => {
    const workflow = createWorkflow(id(), (input: { fails: boolean }) => {
      parallelize(one(1), one(2).config({ name: "two" }));
      createStep("maybe", async (fails: boolean) => {
        if (fails) throw new Error("as asked");
      })(input.fails);
      return new WorkflowResponse("result");
    });
    const broken = [
      () => {
        throw new Error("a handler's own");
      },
      () => Promise.reject(new Error("a handler's own")),
    ];
    for (const handler of broken) {
      log.length = 0;
      const { result, transaction } = await workflow(container).run({ input: { fails: false }, events: every(handler) });
      expect([result, transaction.getState()]).toStrictEqual(["result", "done"]);
      const failed = await workflow(container).run({ input: { fails: true }, throwOnError: false, events: every(handler) });
      expect([failed.transaction.getState(), failed.errors.map(({ error }) => error.message)]).toStrictEqual(["reverted", ["as asked"]]);
      await Promise.resolve();
      // Two runs of three steps that begin and end, the beginnings and ends of both, and what is undone of one.
      expect(log).toHaveLength(2 * 6 + 2 * 2 + 3);
      expect(log[0]).toBe(`A handler of the events of workflow "${workflow.getName()}" failed on onBegin Error: a handler's own`);
    }
  });

  test("nobody is told what is secret, also where it only passes through", async () => {
    const make = createStep("make", async () => ({ number: "4242", name: "N" }));
    const charge = createStep(
      { name: "charge", secret: { input: ["number"], output: ["token"] } },
      async ({ number }: { number: string }) => ({
        token: `tok-${number}`,
        id: 7,
      }),
    );
    const workflow = createWorkflow(id(), () => {
      const paid = charge(make());
      return new WorkflowResponse({ paid });
    });
    const seen: unknown[] = [];
    const note = ({ step, response, result, transaction }: WorkflowNotification) =>
      seen.push([step?.id, response, result, transaction.getContext()]);
    const { result } = await workflow(container).run({ events: { onStepSuccess: note, onFinish: note } });
    expect(result).toStrictEqual({ paid: { token: "tok-4242", id: 7 } });
    expect(JSON.stringify(seen)).not.toContain("4242");
    expect(seen.map((entry) => (entry as unknown[]).slice(0, 3))).toStrictEqual([
      ["make", { number: "[secret]", name: "N" }, undefined],
      ["charge", { token: "[secret]", id: 7 }, undefined],
      [undefined, undefined, { paid: { token: "[secret]", id: 7 } }],
    ]);
  });
});
