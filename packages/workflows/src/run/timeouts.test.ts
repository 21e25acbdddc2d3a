import type { Container } from "@velella/kernel";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";
import type { StepExecutionContext, StepOptions, WorkflowOptions } from "../index";
import { containerFor, runners } from "../testing/runners";

// What becomes of functions whose time is over: the same in both runners.
describe.each(runners)("%s", (_name, create) => {
  let container: Container;
  let trace: unknown[];
  const runner = create();
  beforeAll(() => runner.open());
  afterAll(() => runner.close());

  beforeEach(() => {
    trace = [];
    container = containerFor(runner);
  });

  type Work = (context: StepExecutionContext) => Promise<unknown>;
  const slow = (options: StepOptions, work: Work, undo?: Work) =>
    createStep(
      { name: "slow", ...options },
      async (_: void, context) => {
        trace.push(`begin ${context.attempt}`);
        context.signal.addEventListener("abort", () => trace.push("abort"));
        const output = await work(context);
        trace.push("end");
        return new StepResponse(output, `what ${String(output)} left`);
      },
      async (data, context) => {
        trace.push(["undo", data]);
        await undo?.(context);
      },
    );
  const after = createStep("after", async () => void trace.push("after"));
  const defined = (step: ReturnType<typeof slow>, options: WorkflowOptions = {}) =>
    createWorkflow({ name: `wf-${Math.random().toString(36).slice(2)}`, ...options }, () => {
      const value = step();
      after();
      return new WorkflowResponse(value);
    });
  const run = async (step: ReturnType<typeof slow>, options: WorkflowOptions = {}) => {
    const workflow = defined(step, options);
    const began = performance.now();
    const { errors, transaction } = await workflow(container).run({ throwOnError: false });
    const seconds = (performance.now() - began) / 1000;
    return { state: transaction.getState(), messages: errors.map(({ error }) => error.message), errors, seconds, name: workflow.getName() };
  };
  /** Ends as soon as it is told to. */
  const obedient: Work = ({ signal }) => sleep(20_000, undefined, { signal });
  const endless: Work = () => new Promise(() => undefined);

  describe("a step whose time is over", () => {
    const message = "Step slow took longer than its timeout of 0.05 s.";

    test("is undone when its function has ended, with what that returned, and not tried again", async () => {
      const { state, messages } = await run(slow({ timeout: 0.05, maxRetries: 2 }, () => sleep(250, "it")));
      expect([state, messages]).toStrictEqual(["reverted", [message]]);
      expect(trace).toStrictEqual(["begin 1", "abort", "end", ["undo", "what it left"]]);
    });

    test("is undone at once when its function heeds the signal", async () => {
      let reason: unknown;
      const heeds: Work = (context) => {
        context.signal.addEventListener("abort", () => (reason = context.signal.reason));
        return obedient(context);
      };
      const { state, messages, seconds } = await run(slow({ timeout: 0.05, maxRetries: 2 }, heeds));
      expect([state, messages]).toStrictEqual(["reverted", [message]]);
      expect(trace).toStrictEqual(["begin 1", "abort", ["undo", undefined]]);
      expect(reason).toMatchObject({ message });
      expect(seconds).toBeLessThan(10);
    });

    test("is undone after a while when its function does not end, and the error says so", async () => {
      const { state, messages, errors } = await run(slow({ timeout: 0.05, maxRetries: 2 }, endless));
      expect(state).toBe("reverted");
      expect(messages[0]).toContain('the function of step "slow" had not ended 1 s after that');
      expect(errors[0]).toMatchObject({ action: "slow", handlerType: "invoke" });
      expect(trace).toStrictEqual(["begin 1", "abort", ["undo", undefined]]);
    });

    test("keeps the run from going on until its function has ended, also where its failure is tolerated", async () => {
      const options = { timeout: 0.05, continueOnPermanentFailure: true };
      const { state, messages } = await run(slow(options, () => sleep(250, "it")));
      expect([state, messages]).toStrictEqual(["done", [message]]);
      expect(trace).toStrictEqual(["begin 1", "abort", "end", "after"]);
    });

    test("gives its compensation what a permanent failure left", async () => {
      await run(slow({ timeout: 0.05 }, () => sleep(150).then(() => StepResponse.permanentFailure("too bad", { left: "behind" }))));
      expect(trace).toStrictEqual(["begin 1", "abort", ["undo", { left: "behind" }]]);
    });

    test("is no matter when it ends in time: its signal is not aborted", async () => {
      const { state } = await run(slow({ timeout: 0.5 }, () => sleep(10)));
      await sleep(550);
      expect([state, trace]).toStrictEqual(["done", ["begin 1", "end", "after"]]);
    });
  });

  describe("a compensation whose time is over", () => {
    const fails: Work = () => Promise.reject(new Error("as asked"));

    test("is waited for, and counts when it ends", async () => {
      const { state } = await run(slow({ timeout: 0.1 }, fails, () => sleep(300).then(() => trace.push("undone"))));
      expect([state, trace]).toStrictEqual(["reverted", ["begin 1", ["undo", undefined], "undone"]]);
    });

    test("is not begun once more beside itself when it does not end", async () => {
      const { state, messages } = await run(slow({ timeout: 0.1 }, fails, endless));
      expect([state, trace]).toStrictEqual(["failed", ["begin 1", ["undo", undefined]]]);
      expect(messages[1]).toContain("had not ended 1 s after that");
    });
  });

  describe("a workflow whose time is over", () => {
    const messageOf = (name: string) => `Workflow ${name} took longer than its timeout of 0.1 s.`;

    test.each([
      ["returns later", (() => sleep(300, "it")) as Work, ["begin 1", "abort", "end", ["undo", "what it left"]]],
      ["heeds the signal", obedient, ["begin 1", "abort", ["undo", undefined]]],
      ["never ends", endless, ["begin 1", "abort", ["undo", undefined]]],
    ])("is undone while a step is at work that %s", async (_how, work, expected) => {
      const { state, messages, name, seconds } = await run(slow({ maxRetries: 5 }, work), { timeout: 0.1 });
      expect([state, messages]).toStrictEqual(["reverted", [messageOf(name)]]);
      expect(trace).toStrictEqual(expected);
      expect(seconds).toBeLessThan(10);
    });

    test.each([
      ["transform", () => slow({}, async () => 1)(transform({}, () => endless({} as never)) as never)],
      ["condition", () => void when({}, () => endless({} as never) as never).then(() => slow({}, async () => 1)())],
      ["result", () => new WorkflowResponse(transform({}, () => endless({} as never)))],
    ])("is undone when a %s never ends; what was not begun is not undone", async (_what, compose) => {
      const events: string[] = [];
      const first = createStep(
        "first",
        async () => 1,
        async () => void trace.push("undo first"),
      );
      const workflow = createWorkflow({ name: `wf-${Math.random().toString(36).slice(2)}`, timeout: 0.1 }, () => {
        first();
        return compose() as undefined;
      });
      const began = performance.now();
      const note = ({ eventType }: { eventType: string }) => void events.push(eventType);
      const { errors, transaction } = await workflow(container).run({ throwOnError: false, events: { onTimeout: note } });
      expect(performance.now() - began).toBeLessThan(10_000);
      expect(transaction.getState()).toBe("reverted");
      expect(errors).toMatchObject([{ action: workflow.getName(), error: { message: messageOf(workflow.getName()) } }]);
      expect([trace, events]).toStrictEqual([["undo first"], ["onTimeout"]]);
    });

    test("is not bothered by a transform that fails after that", async () => {
      const late = () => sleep(200).then(() => Promise.reject(new Error("late")));
      const workflow = createWorkflow({ name: `wf-${Math.random().toString(36).slice(2)}`, timeout: 0.1 }, () => {
        slow({}, async () => 1)(transform({}, late) as never);
      });
      const { errors } = await workflow(container).run({ throwOnError: false });
      await sleep(200);
      expect(errors).toMatchObject([{ error: { message: messageOf(workflow.getName()) } }]);
    });

    test("tells of it, once", async () => {
      const seen: string[] = [];
      const note = ({ eventType }: { eventType: string }) => void seen.push(eventType);
      await defined(slow({}, obedient), { timeout: 0.1 })(container).run({
        throwOnError: false,
        events: { onTimeout: note, onStepFailure: note, onFinish: note },
      });
      expect(seen).toStrictEqual(["onStepFailure", "onTimeout", "onFinish"]);
    });

    test("is undone once all that is at work at the same time has ended, and says so once", async () => {
      const both = createWorkflow({ name: `wf-${Math.random().toString(36).slice(2)}`, timeout: 0.1 }, () => {
        parallelize(slow({}, obedient)(), slow({}, () => sleep(300, "it"))().config({ name: "slower" }));
      });
      const { errors } = await both(container).run({ throwOnError: false });
      expect(errors).toMatchObject([{ action: both.getName() }]);
      expect(trace.slice(0, 5)).toStrictEqual(["begin 1", "begin 1", "abort", "abort", "end"]);
      expect(trace.slice(5)).toEqual(
        expect.arrayContaining([
          ["undo", undefined],
          ["undo", "what it left"],
        ]),
      );
    });

    const nesting = (step: ReturnType<typeof slow>, timeout = 0.1, compose: () => unknown = () => undefined, lingers = 0) => {
      const inner = createWorkflow({ name: `in-${Math.random().toString(36).slice(2)}`, timeout }, () => {
        step();
        return compose() as undefined;
      });
      const first = createStep(
        "first",
        async () => 1,
        async () => void trace.push("undo first"),
      );
      const workflow = createWorkflow(`wf-${Math.random().toString(36).slice(2)}`, () => {
        first();
        inner.runAsStep({ input: undefined });
        createStep("linger", () => sleep(lingers))();
        after();
        return new WorkflowResponse("the end");
      });
      const events: string[] = [];
      const note = ({ eventType }: { eventType: string }) => void events.push(eventType);
      const runIt = async () => {
        const { errors, transaction } = await workflow(container).run({ throwOnError: false, events: { onTimeout: note } });
        return { errors, state: transaction.getState() };
      };
      return { inner: inner.getName(), events, runIt };
    };

    test.each([
      ["returns later", (() => sleep(300, "it")) as Work, ["begin 1", "abort", "end", ["undo", "what it left"]]],
      ["heeds the signal", obedient, ["begin 1", "abort", ["undo", undefined]]],
      ["never ends", endless, ["begin 1", "abort", ["undo", undefined]]],
    ])("is undone with the workflow that it is part of, while a step is at work that %s", async (_how, work, expected) => {
      const { inner, events, runIt } = nesting(slow({ maxRetries: 5 }, work));
      const { errors, state } = await runIt();
      expect(state).toBe("reverted");
      expect(errors).toMatchObject([{ action: inner, workflowId: inner, error: { message: messageOf(inner) } }]);
      expect([trace, events]).toStrictEqual([[...expected, "undo first"], ["onTimeout"]]);
    });

    test.each([
      ["a transform", () => new WorkflowResponse(transform({}, () => endless({} as never)))],
      ["a condition", () => void when({}, () => endless({} as never) as never).then(() => after())],
      ["another workflow with more time", () => void longer().runAsStep({ input: undefined })],
    ])("is so as a part that has %s in it", async (_what, compose) => {
      const { inner, runIt } = nesting(
        slow({}, async () => 1),
        0.1,
        compose,
      );
      const { errors, state } = await runIt();
      expect([state, errors.map(({ action }) => action)]).toStrictEqual(["reverted", [inner]]);
      expect(trace.slice(-2)).toStrictEqual([["undo", "what 1 left"], "undo first"]);
    });
    const longer = () =>
      createWorkflow({ name: `longer-${Math.random().toString(36).slice(2)}`, timeout: 30 }, () => {
        createStep("obeys", async (_: void, context) => obedient(context))();
      });

    test("is no matter as a part that has ended in time", async () => {
      const { runIt, events } = nesting(
        slow({}, async () => 1),
        1,
        () => undefined,
        1100,
      );
      expect(await runIt()).toMatchObject({ state: "done", errors: [] });
      expect([trace, events]).toStrictEqual([["begin 1", "end", "after"], []]);
    });

    test("has more time than timers can hold", async () => {
      const days = 24 * 3600;
      const { state } = await run(
        slow({ timeout: 40 * days }, () => sleep(20)),
        { timeout: 50 * days },
      );
      expect([state, trace]).toStrictEqual(["done", ["begin 1", "end", "after"]]);
    });
  });
});
