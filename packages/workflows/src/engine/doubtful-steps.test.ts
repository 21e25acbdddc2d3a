import { asValue, createAppRegistries, createContainer, loadInto, silentLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import type { TimelineStep, WorkflowEngine } from "../index";
import "../testing/doubtful-workflows";
import { compileChildren, startChild } from "../testing/start-child";
import { eventually, testEngines } from "../testing/test-engine";
import { World } from "../testing/world";

// Plain steps that were at work when their process was killed, in runs that are undone instead of going on: nobody knows whether they
// have had their effect. Real processes, that kill themselves.

const tests = testEngines();
let world: World;
let engine: WorkflowEngine;
let warned: string[];
/** Calls that return when the run is undone. */
const cancelling: Promise<unknown>[] = [];
beforeAll(async () => {
  compileChildren();
  await tests.open();
  world = new World(tests.connection);
  await world.create();
});
beforeEach(() => {
  const container = createContainer();
  container.register({ world: asValue(world) });
  warned = [];
  const logger = { ...silentLogger(), warn: (message: string) => void warned.push(message) } as Logger;
  ({ engine } = tests.engine({ container, registries: undefined, logger }));
});
afterEach(async () => {
  await Promise.all(cancelling.splice(0));
  await tests.stop();
});
afterAll(() => tests.close());

const find = async (id: string) => (await engine.listWorkflowExecutions({ transaction_id: id })).at(0);
const holds = (id: string, condition: string) =>
  eventually(
    async () => (await tests.connection.query(`select from velella_execution where transaction_id = $1 and ${condition}`, [id])).rowCount,
    (count) => count === 1,
  );

/** Runs a workflow, under its own name, in a process that dies of it. */
async function killedBy(id: string): Promise<void> {
  expect(await startChild(tests.url, { run: [id, id] }).ended).toBe("SIGKILL");
}

/** Cancels it, without anyone there who could undo it. */
async function cancel(id: string): Promise<void> {
  cancelling.push(engine.cancel(id, { transactionId: id, throwOnError: false }));
  expect(await holds(id, "cancelled")).toBe(1);
}

/** Has it taken up here, and undone; what is on record of its steps then. */
async function undone(id: string): Promise<TimelineStep[]> {
  await engine.start();
  const run = await eventually(
    () => find(id),
    (found) => found?.state === "reverted",
    10,
  );
  expect(run?.state).toBe("reverted");
  return run?.execution.steps ?? [];
}

test("a step that may have begun is undone without data when the run is cancelled, and the timeline says so", async () => {
  await killedBy("doubtful-plain");
  await cancel("doubtful-plain");
  const steps = await undone("doubtful-plain");
  expect(await world.look("doubtful-plain")).toStrictEqual([
    "charge=there",
    "first=there",
    "undo charge=without data",
    "undo first=what first left",
  ]);
  expect(steps.find(({ key, phase }) => key === "charge" && phase === "invoke")).toMatchObject({
    status: "starting",
    error: {
      reason: "workflow.in_doubt",
      message: expect.stringMatching(/^Step charge may have been at work when its process ended/) as string,
    },
  });
  expect(warned.join()).toMatch(/^Workflow "doubtful-plain", transaction "doubtful-plain": Step charge may have been at work/);
  expect((await find("doubtful-plain"))?.context.errors).toMatchObject([{ error: { reason: "workflow.cancelled" } }]);
});

test("so it is when the time of the run is over by then", async () => {
  await killedBy("doubtful-timed");
  expect(await holds("doubtful-timed", "deadline < now()")).toBe(1);
  await undone("doubtful-timed");
  expect(await world.look("doubtful-timed")).toStrictEqual([
    "charge=there",
    "first=there",
    "undo charge=without data",
    "undo first=what first left",
  ]);
});

test("so are all that were at work beside each other", async () => {
  await killedBy("doubtful-parallel");
  await cancel("doubtful-parallel");
  await undone("doubtful-parallel");
  expect(await world.look("doubtful-parallel")).toStrictEqual([
    "first=there",
    "one=there",
    "two=there",
    "undo first=what first left",
    "undo one=without data",
    "undo two=without data",
  ]);
});

test("so is the handler of a hook", async () => {
  await killedBy("doubtful-hook");
  await cancel("doubtful-hook");
  await undone("doubtful-hook");
  expect(await world.look("doubtful-hook")).toStrictEqual([
    "first=there",
    "handler=there",
    "undo first=what first left",
    "undo handler=without data",
  ]);
});

test("so it is when the time of a nested workflow is over, which counts from where it began first", async () => {
  await killedBy("doubtful-nested");
  expect(await holds("doubtful-nested", "created_at < now() - interval '1.5 seconds'")).toBe(1);
  await undone("doubtful-nested");
  expect(await world.look("doubtful-nested")).toStrictEqual([
    "charge=there",
    "first=there",
    "undo charge=without data",
    "undo first=what first left",
  ]);
  const run = await find("doubtful-nested");
  expect(run?.context.errors).toMatchObject([
    { action: "timed-inner", error: { message: "Workflow timed-inner took longer than its timeout of 1 s." } },
  ]);
  expect(Object.keys(run?.execution.values ?? {})).toStrictEqual([]);
});

test("so it is when the process that undoes it dies as well", async () => {
  await killedBy("doubtful-undone");
  await cancel("doubtful-undone");
  const heir = startChild(tests.url, { start: true });
  setTimeout(() => heir.process.kill("SIGTERM"), 15_000).unref();
  expect(await heir.ended).toBe("SIGKILL");
  await undone("doubtful-undone");
  expect(await world.look("doubtful-undone")).toStrictEqual([
    "charge=there",
    "first=there",
    "undo charge=without data",
    "undo first=what first left",
  ]);
});

test("a transactional step has not happened, and what comes after it has not begun", async () => {
  await killedBy("certain-transactional");
  await cancel("certain-transactional");
  await undone("certain-transactional");
  expect(await world.look("certain-transactional")).toStrictEqual(["first=there", "undo first=what first left"]);
});

test("what comes after steps that were done again has not begun", async () => {
  await killedBy("certain-new");
  await engine.start();
  await eventually(
    () => world.look("certain-new"),
    (lines) => lines.includes("again=at work"),
  );
  cancelling.push(engine.cancel("certain-new", { transactionId: "certain-new", throwOnError: false }));
  await undone("certain-new");
  expect(await world.look("certain-new")).toStrictEqual([
    "again=at work",
    "beside=there",
    "charge=there",
    "first=there",
    "undo beside=what beside left",
    "undo charge=what charge left",
    "undo first=what first left",
  ]);
});

test("a run that waited, or had ended, when it was left has no step at work", async () => {
  const undo: string[] = [];
  const release = (isNew: boolean) => {
    const registries = createAppRegistries();
    const step = (name: string) =>
      createStep(
        name,
        async () => undefined,
        async () => void undo.push(name),
      )();
    loadInto(registries, "flows.ts", () => {
      createWorkflow({ name: "rests", store: true }, () => {
        step("first");
        createStep({ name: "wait", async: true }, async () => undefined)();
        step("after");
      });
      createWorkflow({ name: "ends", store: true }, () => {
        step("first");
        if (isNew) step("new");
      });
    });
    return tests.engine({ registries });
  };
  const before = release(false);
  await before.engine.run("rests", { transactionId: "rests" });
  expect(await holds("rests", "owner is null")).toBe(1);
  await before.engine.setStepSuccess({ idempotencyKey: "rests:rests:wait:invoke" });
  await before.engine.run("ends", { transactionId: "ends" });
  ({ engine } = release(true));
  for (const id of ["rests", "ends"]) {
    await cancel(id);
    await undone(id);
  }
  expect(undo).toStrictEqual(["first", "first"]);
});
