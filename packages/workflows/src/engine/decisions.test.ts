import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow, transform, when, WorkflowResponse } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// What chance decides before a step is decided once: a step that is made again, because its process ended in the middle of it,
// is made for the same reason and gets the same input under the same idempotency key.

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

test("a plain step that another instance makes again gets what it got the first time, under the same condition", async () => {
  let drawn = 0;
  const draw = () => ++drawn;
  const seen: unknown[] = [];
  const looks = createStep({ name: "looks", pure: true }, async () => draw());
  const pays = createStep("pays", async (input: unknown, { idempotencyKey }) => {
    seen.push([input, idempotencyKey]);
    // The first process ends here.
    if (seen.length === 1) await new Promise(() => undefined);
    return "paid";
  });
  const workflow = createWorkflow({ name: "decides", store: true }, () => {
    const made = transform({}, draw);
    const read = looks();
    const paid = when("chance", {}, () => draw() === 2).then(() => pays({ made, read }));
    return new WorkflowResponse(transform({ paid }, ({ paid: output }) => output ?? "not paid"));
  });
  const first = tests.engine({ stopSeconds: 0.1 });
  void first.engine.run(workflow, { transactionId: "decides" });
  await eventually(
    () => seen.length,
    (n) => n === 1,
  );
  const second = tests.engine();
  await second.engine.start();
  await tests.connection.query("delete from velella_instance where id = (select owner from velella_execution)");
  await eventually(
    () => second.engine.listWorkflowExecutions({ transaction_id: "decides" }),
    ([found]) => found?.state === "done",
  );
  expect(seen).toStrictEqual(Array.from({ length: 2 }, () => [{ made: 3, read: 1 }, "decides:decides:pays:invoke"]));
  const { context } = await second.engine.retrieveWorkflowExecution({ workflow_id: "decides", transaction_id: "decides" });
  expect(context.data.output).toBe("paid");
});
