import type { Container } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
let engine: WorkflowEngine;
let container: Container;
let trace: unknown[];

beforeAll(async () => {
  await tests.open();
  ({ engine, container } = tests.engine());
  await engine.start();
});
afterAll(() => tests.close());
beforeEach(() => (trace = []));

const unique = (name: string) => `${name}-${Math.random().toString(36).slice(2)}`;
const one = createStep(
  "one",
  async () => new StepResponse(void trace.push("one"), 1),
  async () => void trace.push("undo one"),
);
const after = createStep("after", async () => (trace.push("after"), "done"));
const wait = (options: object = {}) =>
  createStep(
    { name: "wait", async: true, ...options },
    async () => void trace.push("wait"),
    async (data) => void trace.push(["undo wait", data]),
  );
const stateOf = async (transactionId: string) => (await engine.listWorkflowExecutions({ transaction_id: transactionId })).at(0)?.state;
const rows = async (table: string) => (await tests.connection.query<{ n: number }>(`select count(*)::int as n from ${table}`)).rows[0]?.n;

describe("async steps", () => {
  const long = (options = {}) => {
    const step = wait(options);
    return createWorkflow({ name: unique("long"), store: true, retentionTime: 60 }, () => {
      one();
      const answer = step();
      return new WorkflowResponse({ answer, after: after() });
    });
  };

  test("the caller goes on, and the run waits for an answer", async () => {
    const workflow = long();
    const { result, errors, transaction, acknowledgement } = await workflow(container).run({ transactionId: "async-1" });
    expect([result, errors, transaction.getState()]).toStrictEqual([undefined, [], "invoking"]);
    expect(acknowledgement).toMatchObject({ transactionId: "async-1", workflowId: workflow.getName(), hasFinished: false });
    await eventually(
      () => trace,
      (seen) => seen.length === 2,
    );
    await engine.setStepSuccess({
      idempotencyKey: { action: "invoke", transactionId: "async-1", stepId: "wait", workflowId: workflow.getName() },
      stepResponse: { ok: 1 },
    });
    const [execution] = await eventually(
      () => engine.listWorkflowExecutions({ transaction_id: "async-1" }),
      ([found]) => found?.state === "done",
    );
    expect(execution).toMatchObject({
      id: expect.stringMatching(/^wf_exec_/),
      workflow_id: workflow.getName(),
      state: "done",
      retention_time: 60,
    });
    expect(execution?.context.data.output).toStrictEqual({ answer: { ok: 1 }, after: "done" });
    expect(execution?.execution.steps.map(({ key, status }) => [key, status])).toStrictEqual([
      ["one", "done"],
      ["wait", "done"],
      ["after", "done"],
    ]);
    expect(trace).toStrictEqual(["one", "wait", "after"]);
  });

  test("a failure from outside undoes the run", async () => {
    const workflow = long();
    await workflow(container).run({ transactionId: "async-2" });
    await eventually(
      () => trace.length,
      (n) => n === 2,
    );
    await engine.setStepFailure({ idempotencyKey: `${workflow.getName()}:async-2:wait:invoke`, stepResponse: { why: "no" } });
    expect(
      await eventually(
        () => stateOf("async-2"),
        (state) => state === "reverted",
      ),
    ).toBe("reverted");
    expect(trace).toStrictEqual(["one", "wait", ["undo wait", undefined], "undo one"]);
    const { context } = await engine.retrieveWorkflowExecution({ workflow_id: workflow.getName(), transaction_id: "async-2" });
    expect(context.errors).toMatchObject([
      { action: "wait", handlerType: "invoke", error: { message: '{"why":"no"}', response: { why: "no" } } },
    ]);
  });

  test("no answer in time undoes the run", async () => {
    const workflow = long({ timeout: 0.2 });
    await workflow(container).run({ transactionId: "async-3" });
    expect(
      await eventually(
        () => stateOf("async-3"),
        (state) => state === "reverted",
      ),
    ).toBe("reverted");
    expect(trace).toStrictEqual(["one", "wait", ["undo wait", undefined], "undo one"]);
  });

  test("a step that answers by itself needs no answer", async () => {
    const self = createStep({ name: "self", async: true }, async () => new StepResponse("by itself"));
    const workflow = createWorkflow({ name: unique("self"), store: true }, () => new WorkflowResponse(self()));
    const { transaction } = await workflow(container).run({ transactionId: "async-4" });
    expect(transaction.getState()).toBe("invoking");
    const [execution] = await eventually(
      () => engine.listWorkflowExecutions({ transaction_id: "async-4" }),
      ([found]) => found?.state === "done",
    );
    expect(execution?.context.data.output).toBe("by itself");
  });

  test("an answer may come while the step's function still runs", async () => {
    const hasty = createStep({ name: "hasty", async: true }, async (fail: boolean, { idempotencyKey }) => {
      await (fail ? engine.setStepFailure({ idempotencyKey }) : engine.setStepSuccess({ idempotencyKey, stepResponse: "early" }));
    });
    const workflow = createWorkflow({ name: unique("hasty"), store: true }, (input: { fail: boolean }) => {
      one();
      return new WorkflowResponse(hasty(input.fail));
    });
    await workflow(container).run({ input: { fail: false }, transactionId: "early" });
    await workflow(container).run({ input: { fail: true }, transactionId: "early failure" });
    const ended = (id: string) =>
      eventually(
        () => engine.listWorkflowExecutions({ transaction_id: id }),
        ([found]) => found?.state === "done" || found?.state === "reverted",
      );
    expect((await ended("early"))[0]).toMatchObject({ state: "done", context: { data: { output: "early" } } });
    expect((await ended("early failure"))[0]).toMatchObject({ state: "reverted" });
  });

  test("answers that nobody waits for are refused", async () => {
    const workflow = long();
    const key = { transactionId: "async-5", stepId: "wait", workflowId: workflow.getName() };
    await expect(engine.setStepSuccess({ idempotencyKey: key })).rejects.toThrow(
      `Step "wait" of workflow "${workflow.getName()}", transaction "async-5", does not wait for an answer.`,
    );
    await expect(engine.setStepSuccess({ idempotencyKey: "nonsense" })).rejects.toThrow('"nonsense" is no idempotency key');
  });

  test("of 1,000 raced answers one counts", async () => {
    const workflow = long();
    await workflow(container).run({ transactionId: "race" });
    await eventually(
      () => trace.length,
      (n) => n === 2,
    );
    const { engine: other } = tests.engine();
    const answers = await Promise.allSettled(
      Array.from({ length: 1000 }, (_, n) =>
        (n % 2 ? engine : other).setStepSuccess({
          idempotencyKey: { transactionId: "race", stepId: "wait", workflowId: workflow.getName() },
          stepResponse: n,
        }),
      ),
    );
    const winners = answers.flatMap(({ status }, n) => (status === "fulfilled" ? [n] : []));
    expect(winners).toHaveLength(1);
    const [execution] = await eventually(
      () => engine.listWorkflowExecutions({ transaction_id: "race" }),
      ([found]) => found?.state === "done",
    );
    expect(execution?.context.data.output).toStrictEqual({ answer: winners[0], after: "done" });
    expect(trace).toStrictEqual(["one", "wait", "after"]);
  });

  test("an answer that races the timeout either counts or is refused", async () => {
    const workflow = long({ timeout: 0.1 });
    const ids = Array.from({ length: 40 }, (_, n) => `tight-${n}`);
    const accepted = await Promise.all(
      ids.map(async (transactionId, n) => {
        await workflow(container).run({ transactionId });
        await new Promise((resolve) => setTimeout(resolve, 60 + n * 3));
        return engine.setStepSuccess({ idempotencyKey: { transactionId, stepId: "wait", workflowId: workflow.getName() } }).then(
          () => true,
          () => false,
        );
      }),
    );
    const all = () => engine.listWorkflowExecutions({ transaction_id: ids });
    const ended = await eventually(all, (executions) => executions.every(({ state }) => state === "done" || state === "reverted"));
    const states = new Map(ended.map(({ transaction_id, state }) => [transaction_id, state]));
    expect(ids.map((id) => states.get(id))).toStrictEqual(accepted.map((counted) => (counted ? "done" : "reverted")));
  });
});

describe("runs and their names", () => {
  test("an unknown workflow", async () => {
    await expect(engine.run("nope", {})).rejects.toMatchObject({ type: "not_found", message: 'Workflow with id "nope" not found.' });
  });

  test("an idempotent workflow returns the result of the run that is kept; any other runs again", async () => {
    const next = createStep("next", async () => trace.push("next"));
    const define = (idempotent: boolean) =>
      createWorkflow({ name: unique("again"), retentionTime: 60, idempotent }, () => new WorkflowResponse(next()));
    const once = define(true);
    const results = [];
    for (let i = 0; i < 2; i++) results.push((await once(container).run({ transactionId: "same" })).result);
    expect(results).toStrictEqual([1, 1]);
    const always = define(false);
    for (let i = 0; i < 2; i++) results.push((await always(container).run({ transactionId: "same" })).result);
    expect(results).toStrictEqual([1, 1, 2, 3]);
  });

  test("rows vanish with success, and stay as long as the workflow asks", async () => {
    const two = createStep("two", async () => 2);
    const define = (options: object) =>
      createWorkflow({ name: unique("kept"), ...options }, () => {
        one();
        two();
      });
    const [executions, steps] = [await rows("velella_execution"), await rows("velella_step")];
    await define({})(container).run();
    expect([await rows("velella_execution"), await rows("velella_step")]).toStrictEqual([executions, steps]);
    const kept = define({ store: true });
    await kept(container).run({ transactionId: "kept" });
    expect(await stateOf("kept")).toBe("done");
    expect(await rows("velella_step")).toBe((steps ?? 0) + 2);
  });

  test("one effect runs directly, without a row; a chosen transaction id, an event or a second effect is journalled", async () => {
    const look = createStep("look", async () => (await rows("velella_execution")) ?? 0);
    const before = (await rows("velella_execution")) ?? 0;
    const pure = createStep({ name: "pure", pure: true }, async () => 1);
    const emit = createStep({ name: "emit", pure: true, emits: true }, async () => undefined);
    const single = createWorkflow(unique("single"), () => {
      pure();
      return new WorkflowResponse(look());
    });
    const run = async (compose: () => void, options = {}) => {
      const workflow = createWorkflow(unique("choice"), () => {
        compose();
        return new WorkflowResponse(look());
      });
      return ((await workflow(container).run(options)).result as number) - before;
    };
    // The first run shows that it emits nothing.
    expect((await single(container).run()).result).toBe(before + 1);
    expect((await single(container).run()).result).toBe(before);
    expect(await run(() => void pure(), { transactionId: "chosen" })).toBe(1);
    expect(await run(() => void emit())).toBe(1);
    expect(await run(() => void one())).toBe(1);
    const loose = createWorkflow({ name: unique("loose"), durable: false }, () => {
      one();
      return new WorkflowResponse(look());
    });
    expect((await loose(container).run()).result).toBe(before);
  });

  test("a run started within a step, with the step's context, is a run of its own and leaves its events to the outer one", async () => {
    const seen: string[] = [];
    engine.subscribers.add({ id: unique("inherit"), events: ["inherited"], handler: ({ data }) => void seen.push(String(data)) });
    const emit = createStep({ name: "emit", emits: true }, async (n: number, { emit: hold }) => hold({ name: "inherited", data: n }));
    const inner = createWorkflow(unique("inner"), (input: { n: number }) => {
      one();
      return new WorkflowResponse(emit(input.n));
    });
    const call = createStep("call", async (_: void, context) => {
      const runs = await Promise.all([1, 2].map((n) => inner(context.container).run({ input: { n }, context: context.context })));
      return new Set(runs.map(({ transaction }) => transaction.transactionId)).size;
    });
    const outer = (fail: boolean) =>
      createWorkflow(unique("outer"), () => {
        const calls = call();
        createStep("maybe", async () => {
          if (fail) throw new Error("no");
        })();
        return new WorkflowResponse(calls);
      });
    await expect(outer(true)(container).run()).rejects.toMatchObject({ message: "no" });
    expect((await outer(false)(container).run()).result).toBe(2);
    await eventually(
      () => seen.length,
      (n) => n >= 2,
    );
    expect(seen.toSorted()).toStrictEqual(["1", "2"]);
  });
});

describe("times", () => {
  test("retries after an interval, in the background", async () => {
    const at: number[] = [];
    const flaky = createStep({ name: "flaky", maxRetries: 3, retryInterval: 0.15 }, async (_: void, { attempt }) => {
      at.push(performance.now());
      if (attempt < 3) throw new Error("not yet");
      return attempt;
    });
    const workflow = createWorkflow({ name: unique("flaky"), store: true }, () => new WorkflowResponse(flaky()));
    expect((await workflow(container).run({ transactionId: "flaky" })).transaction.getState()).toBe("invoking");
    const [execution] = await eventually(
      () => engine.listWorkflowExecutions({ transaction_id: "flaky" }),
      ([found]) => found?.state === "done",
    );
    expect(execution?.context.data.output).toBe(3);
    const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThan(140);
    expect(Math.max(...gaps)).toBeLessThan(10_000);
  });

  test("a workflow that takes longer than its timeout is undone", async () => {
    const slow = createStep(
      "slow",
      () => new Promise<void>((resolve) => setTimeout(resolve, 1100)),
      async () => void trace.push("undo slow"),
    );
    const workflow = createWorkflow({ name: unique("slow"), timeout: 1 }, () => {
      one();
      slow();
      after();
    });
    await expect(workflow(container).run()).rejects.toMatchObject({
      message: `Workflow ${workflow.getName()} took longer than its timeout of 1 s.`,
    });
    expect(trace).toStrictEqual(["one", "undo slow", "undo one"]);
    const waiting = createWorkflow({ name: unique("waiting"), timeout: 0.1, store: true }, () => {
      one();
      wait()();
    });
    await waiting(container).run({ transactionId: "waits too long" });
    expect(
      await eventually(
        () => stateOf("waits too long"),
        (state) => state === "reverted",
      ),
    ).toBe("reverted");
  });
});

describe("cancel", () => {
  test("undoes a run that waits, a run under way, and a run that is kept", async () => {
    const step = wait();
    const waiting = createWorkflow({ name: unique("waiting"), store: true }, () => {
      one();
      step();
    });
    await waiting(container).run({ transactionId: "cancel-1" });
    await eventually(
      () => trace.length,
      (n) => n === 2,
    );
    const { transaction, errors } = await engine.cancel(waiting.getName(), { transactionId: "cancel-1" });
    expect(transaction.getState()).toBe("reverted");
    expect(errors).toMatchObject([{ action: waiting.getName(), error: { message: expect.stringContaining("was cancelled") } }]);
    expect(trace).toStrictEqual(["one", "wait", ["undo wait", undefined], "undo one"]);

    trace.length = 0;
    let started: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (started = resolve));
    const slow = createStep(
      "slow",
      async (_: void, { signal }) => {
        const told = new Promise((resolve) => signal.addEventListener("abort", resolve));
        started();
        await told;
      },
      async () => void trace.push("undo slow"),
    );
    const busy = createWorkflow(unique("busy"), () => {
      one();
      slow();
      after();
    });
    const run = busy(container).run({ transactionId: "cancel-2", throwOnError: false });
    await running;
    await engine.cancel(busy, { transactionId: "cancel-2" });
    expect((await run).transaction.getState()).toBe("reverted");
    expect(trace).toStrictEqual(["one", "undo slow", "undo one"]);

    trace.length = 0;
    const kept = createWorkflow({ name: unique("kept"), store: true }, () => {
      one();
      after();
    });
    await kept(container).run({ transactionId: "cancel-3" });
    await kept(container).cancel({ transactionId: "cancel-3" });
    expect(await stateOf("cancel-3")).toBe("reverted");
    expect(trace).toStrictEqual(["one", "after", "undo one"]);
    await expect(engine.cancel("x", { transactionId: "y" })).rejects.toMatchObject({ type: "not_found" });
  });
});

test("a run whose compensation failed stays, and can be set going again from there", async () => {
  let broken = true;
  const stubborn = createStep(
    "stubborn",
    async () => 1,
    async () => {
      trace.push("undo stubborn");
      if (broken) throw new Error("cannot be undone");
    },
  );
  const fails = createStep("fails", async (): Promise<void> => {
    throw new Error("no");
  });
  const workflow = createWorkflow(unique("stuck"), () => {
    one();
    stubborn();
    fails();
  });
  expect((await workflow(container).run({ transactionId: "stuck", throwOnError: false })).transaction.getState()).toBe("failed");
  expect(await stateOf("stuck")).toBe("failed");
  broken = false;
  trace.length = 0;
  await engine.retryExecution(workflow, { transactionId: "stuck" });
  expect(
    await eventually(
      () => stateOf("stuck"),
      (state) => state !== "failed" && state !== "compensating",
    ),
  ).toBeUndefined();
  // What was undone before is not undone again.
  expect(trace).toStrictEqual(["undo stubborn"]);
  await expect(engine.retryExecution(workflow, { transactionId: "stuck" })).rejects.toMatchObject({ type: "not_found" });
});

test("transactional steps: effects, events and record commit together or not at all", async () => {
  await tests.connection.query("create table thing (id int primary key)");
  const insert = createStep({ name: "insert", transactional: true }, async (id: number, { context, emit }) => {
    await context.transactionManager?.execute("insert into thing values (?)", [id]);
    emit({ name: "thing.inserted", data: id });
    if (id === 2) throw new Error("after the insert");
    return id;
  });
  const workflow = createWorkflow({ name: unique("things"), store: true }, (input: { second: number }) => {
    const first = insert(1);
    const second = insert(transform({ input }, ({ input: { second: id } }) => id)).config({ name: "second" });
    return new WorkflowResponse([first, second]);
  });
  const ids = async () => (await tests.connection.query<{ id: number }>("select id from thing order by id")).rows.map(({ id }) => id);
  await expect(workflow(container).run({ input: { second: 2 } })).rejects.toMatchObject({ message: "after the insert" });
  expect(await ids()).toStrictEqual([1]);
  await expect(workflow(container).run({ input: { second: 3 } })).rejects.toMatchObject({ code: "23505" });
  await tests.connection.query("delete from thing");
  expect((await workflow(container).run({ input: { second: 3 } })).result).toStrictEqual([1, 3]);
  expect(await ids()).toStrictEqual([1, 3]);
});

test("subscribers to a run hear of it until they unsubscribe", async () => {
  const heard: unknown[] = [];
  const workflow = createWorkflow(unique("heard"), () => {
    one();
    return new WorkflowResponse(after());
  });
  const workflowId = workflow.getName();
  const subscriberId = engine.subscribe({
    workflowId,
    transactionId: "h1",
    subscriber: ({ eventType, step, result }) => heard.push([eventType, step?.action, result]),
  });
  engine.subscribe({ workflowId, subscriber: () => Promise.reject(new Error("a subscriber's own problem")) });
  await workflow(container).run({ transactionId: "h1" });
  await workflow(container).run({ transactionId: "h2" });
  expect(heard).toStrictEqual([
    ["onBegin", undefined, undefined],
    ["onStepBegin", "one", undefined],
    ["onStepSuccess", "one", undefined],
    ["onStepBegin", "after", undefined],
    ["onStepSuccess", "after", undefined],
    ["onFinish", undefined, "done"],
  ]);
  engine.unsubscribe({ workflowId, transactionId: "h1", subscriberId });
  await workflow(container).run({ transactionId: "h1" });
  expect(heard).toHaveLength(6);
});

test("executions are listed with filters, order and pages", async () => {
  const workflow = createWorkflow({ name: unique("listed"), store: true }, () => {
    one();
    after();
  });
  for (const n of [1, 2, 3]) await workflow(container).run({ transactionId: `l${n}` });
  const filters = { workflow_id: workflow.getName(), state: ["done", "failed"] };
  const [page, count] = await engine.listAndCountWorkflowExecutions(filters, { take: 2, skip: 1, order: { transaction_id: "DESC" } });
  expect([page.map(({ transaction_id }) => transaction_id), count]).toStrictEqual([["l2", "l1"], 3]);
  await expect(engine.listWorkflowExecutions({ "id; drop table x": 1 } as never)).rejects.toThrow(
    'cannot be filtered or ordered by "id; drop table x"',
  );
  await expect(engine.retrieveWorkflowExecution("wf_exec_none")).rejects.toMatchObject({ type: "not_found" });
});
