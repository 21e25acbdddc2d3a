import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createStep, createWorkflow, when, WorkflowResponse } from "../index";
import type { WorkflowEngine } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// resultFrom: the output of one step in the place of the workflow's result, whoever made the run.

const tests = testEngines();
let here: WorkflowEngine;
let there: WorkflowEngine;

beforeAll(async () => {
  await tests.open();
  here = tests.engine().engine;
  there = tests.engine().engine;
});
afterAll(() => tests.close());

const inner = createWorkflow("result-from-inner", () => {
  createStep("nested", async () => "nested")();
});

/** A workflow that goes on when it is told to. */
function held(name: string) {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const workflow = createWorkflow(name, () => {
    createStep("one", async () => ({ n: 1 }))();
    createStep({ name: "reads", pure: true }, async () => "read")();
    when("never", {}, () => false).then(() => {
      createStep("left-out", async () => "left out")();
    });
    createStep("slow", () => opened.then(() => "slow"))();
    createStep({ name: "reads-last", pure: true }, async () => "read last")();
    inner.runAsStep({ input: {} });
    return new WorkflowResponse("whole");
  });
  return { workflow, open };
}

async function isThere(transactionId: string): Promise<void> {
  await eventually(
    async () => (await tests.connection.query("select from velella_execution where transaction_id = $1", [transactionId])).rowCount,
    (n) => n === 1,
  );
}

describe("callers who join a run", () => {
  test.each([
    ["elsewhere", () => there],
    ["in the same process", () => here],
  ])("%s get what they ask for, and the others the whole", async (name, engine) => {
    const id = `joined ${name}`;
    const { workflow, open } = held(`joined-${name.length}`);
    const joins = ["slow", "one", "reads", undefined];
    const first = here.run(workflow, { transactionId: id, resultFrom: "one" });
    await isThere(id);
    const others = joins.map((resultFrom) => engine().run(workflow, { transactionId: id, ...(resultFrom && { resultFrom }) }));
    await eventually(
      async () => (await tests.connection.query("select from velella_execution where transaction_id = $1 and watched", [id])).rowCount,
      (n) => n === 1 || engine() === here,
    );
    open();
    expect((await first).result).toStrictEqual({ n: 1 });
    expect((await Promise.all(others)).map(({ result }) => result)).toStrictEqual(["slow", { n: 1 }, "read", "whole"]);
  });

  test("hear that an output is not on record, rather than of none", async () => {
    const { workflow, open } = held("not-kept");
    const first = here.run(workflow, { transactionId: "not-kept" });
    await isThere("not-kept");
    const joined = there.run(workflow, { transactionId: "not-kept", resultFrom: "left-out" }).catch((error: unknown) => error);
    await eventually(
      async () => (await tests.connection.query("select from velella_execution where transaction_id = 'not-kept' and watched")).rowCount,
      (n) => n === 1,
    );
    open();
    await first;
    expect(await joined).toMatchObject({
      reason: "engine.output_not_kept",
      message:
        'The output of step "left-out" (resultFrom) of workflow "not-kept", transaction "not-kept", is not on record: the run was made elsewhere.',
    });
  });
});

test.each([
  ["journalled", (workflow: ReturnType<typeof held>["workflow"]) => here.run(workflow, { resultFrom: "tow" })],
  ["direct", (workflow: ReturnType<typeof held>["workflow"]) => workflow().run({ resultFrom: "result-from-inner-as-step/nested" })],
])("%s: a step that the workflow does not have is refused before anything happens, with those that it has", async (name, run) => {
  const { workflow } = held(`unknown-${name}`);
  await expect(run(workflow)).rejects.toMatchObject({
    reason: "workflow.unknown_result_from",
    type: "invalid_argument",
    message: expect.stringMatching(
      /^Workflow "unknown-\w+" has no step ".+" to take the result from \(resultFrom\); it has one, reads, left-out, slow, reads-last\.$/,
    ),
  });
});
