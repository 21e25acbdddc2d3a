import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

test("what an instance owns without knowing it, because the answer to its claim was lost, is given back by itself", async () => {
  const { engine, container } = tests.engine({ leaseSeconds: 0.6 });
  const ran: string[] = [];
  engine.subscribers.add({ id: "s", events: ["stray"], handler: () => void ran.push("subscriber") });
  await engine.start();
  const workflow = createWorkflow({ name: "stray", store: true }, () => {
    createStep({ name: "wait", async: true }, async () => undefined)();
    createStep("after", async () => void ran.push("after"))();
  });
  await workflow(container).run({ transactionId: "stray" });
  const owned = async () => (await tests.connection.query("select id from velella_execution where owner is not null")).rowCount;
  await eventually(owned, (n) => n === 0);
  const me = "(select id from velella_instance limit 1)";
  await tests.connection.query(`update velella_execution set owner = ${me}, epoch = epoch + 1`);
  await engine.setStepSuccess({ idempotencyKey: { workflowId: "stray", transactionId: "stray", stepId: "wait" } });
  await tests.connection.query(`
    insert into velella_event (id, name, routed_at) values ('evt_stray', 'stray', now());
    insert into velella_task (id, kind, target, event_id, owner, attempts, max_attempts) values ('evt_stray:s', 'event', 'event:s', 'evt_stray', ${me}, 1, 5)`);
  await eventually(
    () => ran.length,
    (n) => n === 2,
  );
  expect(ran.toSorted()).toStrictEqual(["after", "subscriber"]);
});
