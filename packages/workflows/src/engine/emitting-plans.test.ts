import { silentLogger } from "@velella/kernel";
import type { EventMessage, Logger } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createHook, createStep, createWorkflow, WorkflowResponse } from "../index";
import { ownSchema } from "../testing/own-schema";
import { testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterEach(() => tests.stop());
afterAll(() => tests.close());

let unique = 0;

/** A workflow of one step, which emits when it is told to, and returns whether its run is journalled. */
async function withOneStep() {
  const { engine, query } = await ownSchema(tests);
  const name = `one-step-${++unique}`;
  const step = createStep("effect", async (names: string[], { emit, runId }) => {
    emit(names.map((event) => ({ name: event, data: 1 })));
    return (await query<{ run_id: string }>("select run_id from velella_execution")).some(({ run_id }) => run_id === runId);
  });
  const workflow = createWorkflow(name, (names: string[]) => new WorkflowResponse(step(names)));
  const isJournalled = async (...names: string[]) => (await engine.run(workflow, { input: names })).result;
  return { engine, isJournalled };
}

test("a step that emits without saying so is journalled from its first run on", async () => {
  const { engine, isJournalled } = await withOneStep();
  expect(await isJournalled("e")).toBe(true);
  expect(await isJournalled("e")).toBe(true);
  expect(await engine.events.list()).toHaveLength(2);
});

test("a step that does not emit is made of plain calls once that is known; if it emits once, it is journalled for good", async () => {
  const { engine, isJournalled } = await withOneStep();
  expect(await isJournalled()).toBe(true);
  expect(await isJournalled()).toBe(false);
  expect(await isJournalled()).toBe(false);
  await isJournalled("e");
  expect(await isJournalled()).toBe(true);
  expect(await isJournalled()).toBe(true);
  expect(await engine.events.list()).toHaveLength(1);
});

test("a handler of a hook that emits counts as well, and a run that failed says nothing", async () => {
  const { engine, query } = await ownSchema(tests);
  const journalled: boolean[] = [];
  const workflow = createWorkflow(`hooked-${++unique}`, (input: { fail: boolean }) => {
    const hook = createHook("hooked", { input });
    return new WorkflowResponse(undefined, { hooks: [hook] });
  });
  workflow.hooks.hooked(async ({ input }: { input: { fail: boolean } }, { runId }: { runId: string }) => {
    journalled.push((await query<{ run_id: string }>("select run_id from velella_execution")).some(({ run_id }) => run_id === runId));
    if (input.fail) throw new Error("failed");
  });
  for (const fail of [true, true, false, true, false]) await engine.run(workflow, { input: { fail }, throwOnError: false });
  expect(journalled).toStrictEqual([true, true, true, false, false]);
});

test.each(["direct", "journalled"])(
  "events that a compensation holds back for a workflow that fails are named in the log: %s",
  async (runner) => {
    const warnings: string[] = [];
    const logger: Logger = { ...silentLogger(), warn: (message: unknown) => void warnings.push(String(message)) };
    const { engine } = await ownSchema(tests, () => ({ logger, journalAll: runner === "journalled" }));
    const event = (name: string): EventMessage => ({ name, data: 1 });
    const emits = createStep(
      "emits",
      async (_: void, { emit }) => emit(event("done")),
      async (_, { emit }) => {
        emit([event("undone"), event("undone"), event("told")]);
        // Of no group of the workflow: what was undone can be told of.
        await engine.events.emit(event("at.once"));
      },
    );
    const fails = createStep({ name: "fails", pure: true }, async () => {
      throw new Error("failed");
    });
    const durable = runner === "journalled" ? {} : { durable: false };
    const workflow = createWorkflow({ name: `undone-${runner}`, ...durable }, () => {
      emits();
      fails();
    });
    const { transaction } = await engine.run(workflow, { throwOnError: false });
    expect(transaction.getState()).toBe("reverted");
    expect((await engine.events.list()).map(({ name }) => name)).toStrictEqual(["at.once"]);
    expect(warnings).toStrictEqual([
      `The compensation of step "emits" of workflow "undone-${runner}", transaction "${transaction.transactionId}", emits "undone", "told": ` +
        `a workflow that fails emits nothing. To tell of what was undone, emit it by the event bus, without the workflow's eventGroupId.`,
    ]);
  },
);
