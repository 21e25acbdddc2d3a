import { createAppRegistries, loadInto } from "@velella/kernel";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHook, createStep, createWorkflow, StepResponse, WorkflowResponse } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// Two releases on one database, as in a rolling deploy: runs of each, which the other one's code does not fit.

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

const wait = createStep({ name: "wait", async: true }, async () => undefined);
const fail = createStep("fail", async (given: { fail?: boolean } | undefined) => {
  if (given?.fail) throw new Error("as asked");
});

/** An instance with a release of the code, that has done which steps. */
function release(steps: readonly string[], options: object = {}) {
  const done: string[] = [];
  const registries = createAppRegistries();
  loadInto(registries, "flows.ts", () =>
    createWorkflow({ name: "flow", store: true, ...options }, (input: { fail?: boolean }) => {
      for (const name of steps)
        if (name === "wait") wait();
        else
          createStep(
            name,
            async () => void done.push(name),
            async () => void done.push(`undo ${name}`),
          )();
      fail(input);
    }),
  );
  return { ...tests.engine({ registries }), done };
}

const older = () => release(["first", "wait", "last"]);
const newer = () => release(["before", "wait", "last"]);

const find = async (engine: WorkflowEngine, transactionId: string) =>
  (await engine.listWorkflowExecutions({ transaction_id: transactionId }))[0];
const isParked = (engine: WorkflowEngine, transactionId: string) =>
  eventually(
    async () => (await find(engine, transactionId))?.execution.parked,
    (reason) => typeof reason === "string",
  );
const ends = (engine: WorkflowEngine, transactionId: string) =>
  eventually(
    async () => (await find(engine, transactionId))?.state,
    (state) => state === "done" || state === "reverted",
  );
const answer = (engine: WorkflowEngine, transactionId: string) =>
  engine.setStepSuccess({ idempotencyKey: { workflowId: "flow", transactionId, stepId: "wait" } });
async function begin(engine: WorkflowEngine, transactionId: string, input: object = {}) {
  await engine.run("flow", { input, transactionId });
  await eventually(
    async () => (await find(engine, transactionId))?.execution.owner,
    (owner) => owner === null,
  );
}

const gone = (step: string) =>
  `The code no longer has the step "${step}", which has run. It goes on by itself where the code has the version with which it began.`;

describe.each([
  ["the newer", newer, older, "before"],
  ["the older", older, newer, "first"],
])("a run of %s release", (name, own, other, step) => {
  test("that an instance of the other one takes up is parked with the reason, and goes on where its release runs", async () => {
    const [mine, theirs] = [own(), other()];
    await begin(mine.engine, name);
    await theirs.engine.start();
    await answer(theirs.engine, name);
    expect(await isParked(theirs.engine, name)).toBe(gone(step));
    expect(await find(theirs.engine, name)).toMatchObject({ state: "invoking", execution: { owner: null } });
    await mine.engine.start();
    expect(await ends(theirs.engine, name)).toBe("done");
    expect((await find(theirs.engine, name))?.execution.parked).toBeNull();
    expect([mine.done, theirs.done]).toStrictEqual([[step, "last"], []]);
    await tests.stop();
  });
});

test("runs of both releases end while both run, and those that fail are undone by their own", async () => {
  const [one, other] = [older(), newer()];
  await one.engine.start();
  await other.engine.start();
  const runs = Array.from({ length: 20 }, (_, i) => ({ id: `both-${i}`, by: i % 2 ? one : other, fail: i % 4 > 1 }));
  for (const { id, by, fail: isToFail } of runs) await begin(by.engine, id, { fail: isToFail });
  await Promise.all(runs.map(({ id, by }) => answer(by.engine, id)));
  for (const { id, fail: isToFail } of runs) expect(await ends(one.engine, id)).toBe(isToFail ? "reverted" : "done");
  for (const { done } of [one, other]) expect(done.filter((step) => step === "undo last")).toHaveLength(5);
  expect(one.done).not.toContain("before");
  expect(other.done).not.toContain("first");
  await tests.stop();
});

test("whoever cancels such a run is told of its end, though an instance of the other release was first with it", async () => {
  const [mine, theirs] = [newer(), older()];
  await begin(mine.engine, "cancelled");
  await theirs.engine.start();
  await answer(theirs.engine, "cancelled");
  await isParked(theirs.engine, "cancelled");
  const cancelled = theirs.engine.cancel("flow", { transactionId: "cancelled" });
  await new Promise((resolve) => setTimeout(resolve, 300));
  await mine.engine.start();
  expect((await cancelled).transaction.getState()).toBe("reverted");
  expect(mine.done).toStrictEqual(["before", "undo before"]);
  await tests.stop();
});

test("where no instance has its version it stays parked, also when someone has it tried again", async () => {
  const mine = newer();
  await begin(mine.engine, "left");
  await mine.engine.stop();
  const theirs = older();
  await theirs.engine.start();
  await answer(theirs.engine, "left");
  expect(await isParked(theirs.engine, "left")).toBe(gone("before"));
  const { epoch } = (await find(theirs.engine, "left"))!.execution;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect((await find(theirs.engine, "left"))!.execution).toMatchObject({ epoch, parked: gone("before") });
  await theirs.engine.retryExecution("flow", { transactionId: "left" });
  await eventually(
    async () => (await find(theirs.engine, "left"))!.execution,
    (execution) => execution.epoch === epoch + 1 && execution.parked !== null,
  );
  expect((await find(theirs.engine, "left"))!.execution).toMatchObject({ epoch: epoch + 1, parked: gone("before") });
  await tests.stop();
});

test("a run that the newer release went on with is left to it, though it began with the older one", async () => {
  const again = createStep({ name: "again", async: true }, async () => undefined);
  const grow = (isNew: boolean) => {
    const done: string[] = [];
    const registries = createAppRegistries();
    loadInto(registries, "flows.ts", () =>
      createWorkflow({ name: "grown", store: true }, () => {
        wait();
        if (isNew) createStep("new", async () => void done.push("new"))();
        again();
        createStep("last", async () => void done.push("last"))();
      }),
    );
    return { engine: tests.engine({ registries }).engine, done };
  };
  const settle = (engine: WorkflowEngine, stepId: string) =>
    engine.setStepSuccess({ idempotencyKey: { workflowId: "grown", transactionId: "grown", stepId } });
  const [old, another, young] = [grow(false), grow(false), grow(true)];
  await old.engine.run("grown", { transactionId: "grown" });
  await eventually(
    async () => (await find(old.engine, "grown"))?.execution.owner,
    (owner) => owner === null,
  );
  await young.engine.start();
  await settle(young.engine, "wait");
  await eventually(
    async () => (await find(young.engine, "grown"))!.execution,
    ({ steps, owner }) => owner === null && steps.some(({ key }) => key === "again"),
  );
  await young.engine.stop();
  await old.engine.start();
  await another.engine.start();
  const rested = (await find(old.engine, "grown"))!.execution.epoch;
  await settle(old.engine, "again");
  const reason = 'The code no longer has the step "new", which has run. It goes on by itself where another instance has what is missing.';
  expect(await isParked(old.engine, "grown")).toBe(reason);
  // Each of the two has to see that it does not fit.
  const { epoch } = await eventually(
    async () => (await find(old.engine, "grown"))!.execution,
    (execution) => execution.epoch === rested + 2 && execution.parked !== null,
  );
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect((await find(old.engine, "grown"))!.execution).toMatchObject({ epoch, parked: reason });
  const next = grow(true);
  await next.engine.start();
  expect(await ends(old.engine, "grown")).toBe("done");
  expect([old.done, another.done, young.done, next.done]).toStrictEqual([[], [], ["new"], ["last"]]);
  await tests.stop();
});

test("one that does not fit its own version, since a handler is not there, goes on where there is one", async () => {
  const withHandler = (isThere: boolean) => {
    const registries = createAppRegistries();
    loadInto(registries, "flows.ts", () => {
      const workflow = createWorkflow({ name: "hooked", store: true }, () => {
        const hook = createHook("made", {});
        wait();
        return new WorkflowResponse(undefined, { hooks: [hook] });
      });
      if (isThere) loadInto(registries, "hooks/made.ts", () => workflow.hooks.made(() => new StepResponse(1)));
    });
    return tests.engine({ registries }).engine;
  };
  const first = withHandler(true);
  await first.run("hooked", { transactionId: "hooked" });
  await first.stop();
  const second = withHandler(false);
  await second.start();
  await second.setStepSuccess({ idempotencyKey: "hooked:hooked:wait:invoke" });
  expect(await isParked(second, "hooked")).toMatch(/handler "made@made" of a hook.* another instance has what is missing\.$/);
  const { epoch } = (await find(second, "hooked"))!.execution;
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect((await find(second, "hooked"))!.execution.epoch).toBe(epoch);
  const third = withHandler(true);
  await third.start();
  expect(await ends(second, "hooked")).toBe("done");
  await tests.stop();
});
