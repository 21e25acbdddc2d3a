import { EOL } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, asValue } from "@velella/kernel";
import type { Container, EventMessage } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHook, createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";
import type { StepExecutionContext } from "../index";
import { containerFor, runners } from "../testing/runners";

// One suite for both runners: the same results, errors, order of compensation and events.
describe.each(runners)("%s", (_name, create) => {
  let container: Container;
  let trace: unknown[];
  let events: EventMessage[];
  const runner = create();
  beforeAll(() => runner.open());
  afterAll(() => runner.close());
  const id = () => `wf-${Math.random().toString(36).slice(2)}`;

  beforeEach(() => {
    trace = [];
    events = runner.events();
    container = containerFor(runner);
  });

  const step = (name: string, options: object = {}) =>
    createStep(
      { name, ...options },
      async (input: unknown) => {
        trace.push(name);
        return new StepResponse(input, `${name}-data`);
      },
      async (data) => void trace.push(["undo", name, data]),
    );
  const failing = (name: string, error: unknown = new Error("broken"), options: object = {}) =>
    createStep(
      { name, ...options },
      async () => {
        trace.push(name);
        throw error;
      },
      async (data) => void trace.push(["undo", name, data]),
    );

  test("values cross as JSON copies", async () => {
    const made = createStep(
      "make",
      async () => new StepResponse({ at: new Date(0), gone: undefined, list: [undefined, Number.NaN], big: { toJSON: () => 7 } }),
    );
    const seen = createStep("see", async (input: unknown) => void trace.push(input));
    const workflow = createWorkflow(id(), (input: { when: Date }) => {
      const value = made();
      seen({ value, when: input.when });
      const doubled = transform({ value }, ({ value }) => ({ made: new Date(1), value }));
      return new WorkflowResponse({ value, doubled });
    });
    const { result } = await workflow(container).run({ input: { when: new Date(2) } });
    const value = { at: "1970-01-01T00:00:00.000Z", list: [null, null], big: 7 };
    expect(result).toStrictEqual({ value, doubled: { made: "1970-01-01T00:00:00.001Z", value } });
    expect(trace).toStrictEqual([{ value, when: "1970-01-01T00:00:00.002Z" }]);
  });

  test("a step that changes its input changes nobody else's", async () => {
    const made = createStep("make", async () => ({ list: [3, 1, 2] }));
    const sort = createStep("sort", async ({ list }: { list: number[] }) => list.sort());
    const workflow = createWorkflow(id(), () => {
      const value = made();
      const sorted = sort(value);
      const reversed = transform({ value }, ({ value }) => value.list.reverse());
      return new WorkflowResponse({ value, sorted, reversed });
    });
    expect((await workflow(container).run()).result).toStrictEqual({ value: { list: [3, 1, 2] }, sorted: [1, 2, 3], reversed: [2, 1, 3] });
  });

  test("plain returns and no return are outputs", async () => {
    const plain = createStep("plain", async () => 5);
    const none = createStep("none", async () => undefined);
    const skipped = createStep("skipped", async () => StepResponse.skip());
    const workflow = createWorkflow(id(), () => new WorkflowResponse({ plain: plain(), none: none(), skipped: skipped() }));
    expect((await workflow(container).run()).result).toStrictEqual({ plain: 5 });
  });

  test("compensates in reverse, the failing step first and with undefined", async () => {
    const quiet = createStep("quiet", async () => void trace.push("quiet"));
    const defaults = createStep(
      "defaults",
      async () => new StepResponse({ a: 1 }),
      async (data) => void trace.push(["undo", "defaults", data]),
    );
    const workflow = createWorkflow(id(), () => {
      step("one")("x");
      quiet();
      defaults();
      step("kept", { noCompensation: true })("y");
      failing("two")();
      step("never")("z");
    });
    const run = await workflow(container).run({ throwOnError: false });
    expect(trace).toStrictEqual([
      "one",
      "quiet",
      "kept",
      "two",
      ["undo", "two", undefined],
      ["undo", "defaults", { a: 1 }],
      ["undo", "one", "one-data"],
    ]);
    expect(run.transaction.getState()).toBe("reverted");
    expect(run.result).toBeUndefined();
    expect(run.errors).toMatchObject([{ action: "two", handlerType: "invoke", error: { message: "broken", name: "Error" } }]);
  });

  test("throws a plain copy of the error, which keeps its type", async () => {
    const workflow = createWorkflow(id(), () => void failing("refuse", new AppError("not_allowed", "refused", "code"))());
    const error: unknown = await workflow(container)
      .run()
      .catch((caught: unknown) => caught);
    expect(error).not.toBeInstanceOf(Error);
    expect(error).toMatchObject({ message: "refused", name: "Error", type: "not_allowed", code: "code", __isMedusaError: true });
    expect(error).toMatchObject({ date: expect.any(String), stack: expect.stringContaining("refused") });
    expect(AppError.isAppError(error)).toBe(true);
  });

  test("whatever is thrown arrives", async () => {
    const circular: Record<string, unknown> = { message: "from far away", status: 418 };
    circular.request = circular;
    for (const [thrown, expected] of [
      ["text", { message: "text", name: "Error" }],
      [
        { message: "object", type: "conflict" },
        { message: "object", type: "conflict" },
      ],
      [circular, { message: "from far away", status: 418 }],
    ] as const) {
      const workflow = createWorkflow(id(), () => void failing("throws", thrown)());
      await expect(workflow(container).run()).rejects.toMatchObject(expected);
    }
  });

  test("retries up to maxRetries, then fails", async () => {
    const attempts: unknown[] = [];
    const flaky = (name: string, failures: number) =>
      createStep({ name, maxRetries: 2 }, async (_: void, { attempt, idempotencyKey }) => {
        attempts.push([attempt, idempotencyKey]);
        if (attempt <= failures) throw new Error(`attempt ${attempt}`);
        return attempt;
      });
    const works = createWorkflow(id(), () => new WorkflowResponse(flaky("works", 2)()));
    expect((await works(container).run({ transactionId: "t" })).result).toBe(3);
    const key = `${works.getName()}:t:works:invoke`;
    expect(attempts).toStrictEqual([1, 2, 3].map((attempt) => [attempt, key]));
    const fails = createWorkflow(id(), () => new WorkflowResponse(flaky("fails", 9)()));
    await expect(fails(container).run()).rejects.toMatchObject({ message: "attempt 3" });
  });

  test("a permanent failure is not retried, and its compensation gets what it left", async () => {
    const gaveUp = createStep(
      { name: "gave-up", maxRetries: 5 },
      async (): Promise<StepResponse<string>> => {
        trace.push("try");
        return StepResponse.permanentFailure("gave up", { left: "behind" });
      },
      async (data) => void trace.push(data),
    );
    const workflow = createWorkflow(id(), () => void gaveUp());
    await expect(workflow(container).run()).rejects.toMatchObject({ name: "PermanentStepFailure", message: "gave up" });
    expect(trace).toStrictEqual(["try", { left: "behind" }]);
  });

  test("continueOnPermanentFailure records the error and goes on", async () => {
    const workflow = createWorkflow(id(), () => {
      failing("optional", new Error("never mind"), { continueOnPermanentFailure: true })();
      return new WorkflowResponse(step("after")("on"));
    });
    const run = await workflow(container).run();
    expect([run.result, run.transaction.getState(), trace]).toStrictEqual(["on", "done", ["optional", "after"]]);
    expect(run.errors).toMatchObject([{ action: "optional", error: { message: "never mind" } }]);
  });

  test("a failure that was tolerated has no part in the error of the run", async () => {
    const workflow = createWorkflow(id(), () => {
      failing("optional", new AppError("not_found", "never mind", "optional"), { continueOnPermanentFailure: true })();
      parallelize(failing("b", new AppError("conflict", "b broke"))(), failing("c", new AppError("not_allowed", "c broke"))());
    });
    const { thrownError, errors } = await workflow(container).run({ throwOnError: false });
    expect(thrownError).toMatchObject({ type: "conflict", message: `b broke${EOL}c broke` });
    expect(thrownError).not.toHaveProperty("code", "optional");
    expect(errors.map(({ action, tolerated }) => [action, tolerated])).toStrictEqual([
      ["optional", true],
      ["b", undefined],
      ["c", undefined],
    ]);
  });

  test("a step that was skipped is not undone", async () => {
    const idle = createStep(
      "idle",
      async () => StepResponse.skip(),
      async () => void trace.push("undo idle"),
    );
    const workflow = createWorkflow(id(), () => {
      idle();
      failing("breaks")();
    });
    await expect(workflow(container).run()).rejects.toBeDefined();
    expect(trace).toStrictEqual(["breaks", ["undo", "breaks", undefined]]);
  });

  test("skipOnPermanentFailure skips what follows, up to the step it names", async () => {
    const all = createWorkflow(id(), () => {
      failing("breaks", new Error("x"), { skipOnPermanentFailure: true })();
      step("skipped")(1);
    });
    expect((await all(container).run()).transaction.getState()).toBe("done");
    const some = createWorkflow(id(), () => {
      failing("breaks", new Error("x"), { skipOnPermanentFailure: "here" })();
      step("skipped")(1);
      step("here")(2);
      step("there")(3);
    });
    await some(container).run();
    expect(trace).toStrictEqual(["breaks", "breaks", "here", "there"]);
  });

  test("a step that takes longer than its timeout fails", async () => {
    const slow = createStep({ name: "slow", timeout: 0.03 }, () => new Promise<void>((resolve) => setTimeout(resolve, 500)));
    const workflow = createWorkflow(id(), () => {
      step("one")("x");
      slow();
    });
    await expect(workflow(container).run()).rejects.toMatchObject({ message: "Step slow took longer than its timeout of 0.03 s." });
    expect(trace).toStrictEqual(["one", ["undo", "one", "one-data"]]);
  });

  test("a compensation that fails is tried again, recorded, and does not keep the others from running", async () => {
    const stubborn = createStep(
      "stubborn",
      async () => "x",
      async () => {
        trace.push("undo stubborn");
        throw new Error("stays");
      },
    );
    const workflow = createWorkflow(id(), () => {
      step("one")("x");
      stubborn();
      failing("two")();
    });
    const run = await workflow(container).run({ throwOnError: false });
    expect(run.transaction.getState()).toBe("failed");
    expect(run.errors).toMatchObject([
      { action: "two", handlerType: "invoke" },
      { action: "stubborn", handlerType: "compensate", error: { message: "stays" } },
    ]);
    expect(trace.slice(2)).toStrictEqual([
      ["undo", "two", undefined],
      "undo stubborn",
      "undo stubborn",
      "undo stubborn",
      ["undo", "one", "one-data"],
    ]);
  });

  test("when runs its steps only if the condition holds", async () => {
    const workflow = createWorkflow(id(), (input: { go: boolean }) => {
      const value = when("go", { input }, ({ input }) => input.go).then(() => step("inside")({ x: 1 }));
      const wrapped = when({ input }, ({ input }) => input.go).then(() => ({ deep: value }));
      return new WorkflowResponse({ value, wrapped });
    });
    expect((await workflow(container).run({ input: { go: true } })).result).toStrictEqual({ value: { x: 1 }, wrapped: { deep: { x: 1 } } });
    expect((await workflow(container).run({ input: { go: false } })).result).toStrictEqual({});
    expect(trace).toStrictEqual(["inside"]);
  });

  test("transforms run once, only when needed, are piped, and may be async", async () => {
    let runs = 0;
    const workflow = createWorkflow(id(), (input: { n: number }) => {
      transform({ input }, () => void trace.push("unused"));
      const piped = transform(
        { input },
        ({ input }) => (runs++, input.n + 1),
        async (n) => n * 2,
        (n) => `${n}`,
      );
      const a = step("a")(piped);
      const b = step("b")({ piped, nested: [piped] });
      return new WorkflowResponse({ a, b });
    });
    expect((await workflow(container).run({ input: { n: 1 } })).result).toStrictEqual({ a: "4", b: { piped: "4", nested: ["4"] } });
    expect([runs, trace]).toStrictEqual([1, ["a", "b"]]);
  });

  test("an error in a transform undoes the run", async () => {
    const workflow = createWorkflow(id(), (input: { list?: string[] }) => {
      step("one")("x");
      const length = transform({ input }, ({ input }) => (input.list as string[]).length);
      return new WorkflowResponse(length);
    });
    await expect(workflow(container).run({ input: {} })).rejects.toMatchObject({ name: "TypeError" });
    expect(trace).toStrictEqual(["one", ["undo", "one", "one-data"]]);
  });

  test("parallel steps overlap; when one fails, the others are awaited and undone", async () => {
    const slow = createStep(
      "slow",
      async (ms: number) => {
        trace.push("slow starts");
        await new Promise((resolve) => setTimeout(resolve, ms));
        trace.push("slow ends");
        return ms;
      },
      async (ms) => void trace.push(["undo slow", ms]),
    );
    const workflow = createWorkflow(id(), (input: { fail: boolean }) => {
      const [a, b] = parallelize(slow(30), step("quick")("q"));
      when("fail", { input }, ({ input }) => input.fail).then(() =>
        parallelize(slow(31).config({ name: "slow-again" }), failing("breaks")()),
      );
      return new WorkflowResponse([a, b]);
    });
    expect((await workflow(container).run({ input: { fail: false } })).result).toStrictEqual([30, "q"]);
    expect(trace).toStrictEqual(["slow starts", "quick", "slow ends"]);
    trace.length = 0;
    await expect(workflow(container).run({ input: { fail: true } })).rejects.toMatchObject({ message: "broken" });
    expect(trace.slice(3, 6)).toStrictEqual(["slow starts", "breaks", "slow ends"]);
    const undone = trace.slice(6);
    expect(undone).toHaveLength(4);
    expect(undone).toEqual(
      expect.arrayContaining([
        ["undo slow", 31],
        ["undo slow", 30],
        ["undo", "breaks", undefined],
        ["undo", "quick", "quick-data"],
      ]),
    );
  });

  test("a nested workflow shares the transaction and is undone with the outer one", async () => {
    const inner = createWorkflow(id(), (input: { n: number }) => {
      const doubled = transform({ input }, ({ input }) => input.n * 2);
      return new WorkflowResponse({ doubled: step("inner")(doubled), at: transform({}, () => new Date(0)) });
    });
    const tell = createStep("tell", async (input: unknown, { transactionId, workflowId }) => ({ input, transactionId, workflowId }));
    const outer = createWorkflow(id(), (input: { n: number; fail: boolean }) => {
      const first = inner.runAsStep({ input });
      const second = inner.runAsStep({ input: { n: 10 } }).config({ name: "second" });
      const told = tell(first);
      when("fail", { input }, ({ input }) => input.fail).then(() => failing("breaks")());
      return new WorkflowResponse({ first, second: second.doubled, told });
    });
    const { result } = await outer(container).run({ input: { n: 1, fail: false }, transactionId: "outer-1" });
    const first = { doubled: 2, at: "1970-01-01T00:00:00.000Z" };
    expect(result).toStrictEqual({ first, second: 20, told: { input: first, transactionId: "outer-1", workflowId: outer.getName() } });
    trace.length = 0;
    const failed = await outer(container).run({ input: { n: 1, fail: true }, throwOnError: false });
    expect(failed.errors).toMatchObject([{ action: "breaks", error: { message: "broken" } }]);
    expect(trace).toStrictEqual([
      "inner",
      "inner",
      "breaks",
      ["undo", "breaks", undefined],
      ["undo", "inner", "inner-data"],
      ["undo", "inner", "inner-data"],
    ]);
  });

  test("a step of a nested workflow knows which step of the outer one that is", async () => {
    const keys = createStep("keys", async (_: void, { idempotencyKey, parentStepIdempotencyKey, context }) => [
      idempotencyKey,
      parentStepIdempotencyKey,
      context.parentStepIdempotencyKey,
    ]);
    const inner = createWorkflow(id(), () => new WorkflowResponse(keys()));
    const outer = createWorkflow(id(), () => new WorkflowResponse(inner.runAsStep({ input: {} }).config({ name: "inner" })));
    const key = `${outer.getName()}:t:inner`;
    const { result } = await outer(container).run({ transactionId: "t" });
    expect(result).toStrictEqual([`${key}/keys:invoke`, `${key}:invoke`, `${key}:invoke`]);
  });

  test("config changes the options of a workflow for the runs that follow", async () => {
    const slow = createStep("slow", (_: void, { signal }) => sleep(2000, undefined, { signal }).catch(() => "told to end"));
    const workflow = createWorkflow(id(), () => void slow());
    workflow.config({ timeout: 0.05 });
    await expect(workflow(container).run()).rejects.toMatchObject({ message: expect.stringContaining("its timeout of 0.05 s") });
  });

  test("hooks: several handlers in order, each undone; the last result counts, or the reducer's", async () => {
    const workflow = createWorkflow(id(), (input: { fail: boolean }) => {
      const made = createHook("made", { input, at: transform({}, () => "now") });
      const summed = createHook("summed", {}, { reduce: (results) => (results as number[]).reduce((sum, n) => sum + n, 0) });
      when("fail", { input }, ({ input }) => input.fail).then(() => failing("breaks")());
      return new WorkflowResponse({ made: made.getResult(), summed: summed.getResult() }, { hooks: [made, summed] });
    });
    expect((await workflow(container).run({ input: { fail: false } })).result).toStrictEqual({});
    for (const n of [1, 2])
      workflow.hooks.made(
        async (payload, { stepName }) => {
          trace.push([stepName, n, payload]);
          return new StepResponse({ n }, n);
        },
        async (data) => void trace.push(["undo", data]),
      );
    workflow.hooks.made(async () => undefined);
    workflow.hooks.summed(() => 1);
    workflow.hooks.summed(() => 2);
    expect((await workflow(container).run({ input: { fail: false } })).result).toStrictEqual({ made: { n: 2 }, summed: 3 });
    const payload = { input: { fail: false }, at: "now" };
    expect(trace).toStrictEqual([
      ["made", 1, payload],
      ["made", 2, payload],
    ]);
    trace.length = 0;
    await expect(workflow(container).run({ input: { fail: true } })).rejects.toBeDefined();
    expect(trace.slice(2)).toStrictEqual(["breaks", ["undo", "breaks", undefined], ["undo", 2], ["undo", 1]]);
  });

  test("a hook's result validator refuses", async () => {
    const validator = {
      parse: (value: unknown) => {
        if (typeof value !== "string") throw new Error("Expected a string");
        return value;
      },
    };
    const workflow = createWorkflow(id(), () => {
      step("one")("x");
      const named = createHook("named", {}, { resultValidator: validator });
      return new WorkflowResponse(named.getResult(), { hooks: [named] });
    });
    workflow.hooks.named(() => 7);
    await expect(workflow(container).run()).rejects.toMatchObject({
      type: "invalid_data",
      message: expect.stringContaining("Expected a string"),
    });
    expect(trace).toStrictEqual(["one", ["undo", "one", "one-data"]]);
  });

  test("a step's context has the keys of the contract", async () => {
    let context: StepExecutionContext | undefined;
    const look = createStep("look", async (_: void, given) => void (context = given));
    const workflow = createWorkflow(id(), () => {
      step("another")(1);
      look();
    });
    container.register("thing", asValue("thing"));
    await workflow(container).run({ transactionId: "tx", context: { requestId: "req", eventGroupId: "group" } });
    expect(context).toMatchObject({
      workflowId: workflow.getName(),
      stepName: "look",
      action: "invoke",
      attempt: 1,
      eventGroupId: "group",
      transactionId: "tx",
      runId: expect.any(String),
      idempotencyKey: `${workflow.getName()}:tx:look:invoke`,
      parentStepIdempotencyKey: undefined,
    });
    expect(context?.context).toMatchObject({ requestId: "req", transactionId: "tx", eventGroupId: "group" });
    expect(context?.metadata).toMatchObject({ action: "look", action_type: "invoke", attempt: 1 });
    expect(context?.container.resolve("thing")).toBe("thing");
  });

  test("events are held until success, and dropped on failure", async () => {
    const emit = createStep({ name: "emit", pure: true, emits: true }, async (name: string, context) => {
      context.emit({ name, data: { id: 1 }, metadata: { eventGroupId: context.eventGroupId } });
    });
    const workflow = createWorkflow(id(), (input: { fail: boolean }) => {
      emit("first");
      step("one")(1);
      emit("second").config({ name: "emit-again" });
      createStep("look", async () => void trace.push(events.length))();
      when("fail", { input }, ({ input }) => input.fail).then(() => failing("breaks")());
    });
    await expect(workflow(container).run({ input: { fail: true } })).rejects.toBeDefined();
    await workflow(container).run({ input: { fail: false } });
    await runner.settled();
    expect(trace.filter((entry) => typeof entry === "number")).toStrictEqual([0, 0]);
    // They come in no order.
    expect(events.map(({ name, data }) => [name, data]).toSorted()).toStrictEqual([
      ["first", { id: 1 }],
      ["second", { id: 1 }],
    ]);
  });

  test("resultFrom, and run with the container among the options", async () => {
    const workflow = createWorkflow(id(), () => {
      step("one")("first");
      return new WorkflowResponse(step("two")("second"));
    });
    expect((await workflow.run({ container, resultFrom: "one" })).result).toBe("first");
    expect((await workflow.run({ container })).result).toBe("second");
  });
});
