import { createStep, createWorkflow, WorkflowResponse } from "../index";
import type { WorkflowNotification } from "../index";
import { testEngines } from "../testing/test-engine";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

let heard: string[];
beforeEach(() => (heard = []));
// Subscribers of an engine that lives hear of what happens in the next one.
afterEach(() => tests.stop());

const workflow = createWorkflow("watched", () => new WorkflowResponse(createStep("only", async () => 1)()));
const workflowId = "watched";
const listener = (name: string) => (notification: WorkflowNotification) => {
  if (notification.eventType === "onFinish") heard.push(`${name} ${notification.transactionId}`);
};

test("a subscriber ends its subscriptions by its id or its function, and nobody else's", async () => {
  const { engine, container } = tests.engine();
  const run = async (transactionId: string) => {
    heard.length = 0;
    await workflow(container).run({ transactionId });
    return heard.toSorted();
  };
  const [one, two, three] = [listener("one"), listener("two"), listener("three")];
  engine.subscribe({ workflowId, subscriberId: "one", subscriber: one });
  engine.subscribe({ workflowId, subscriberId: "one", transactionId: "t", subscriber: one });
  engine.subscribe({ workflowId, subscriber: two });
  const id = engine.subscribe({ workflowId, subscriber: three });
  expect(await run("t")).toStrictEqual(["one t", "one t", "three t", "two t"]);

  engine.unsubscribe({ workflowId, transactionId: "t", subscriberOrId: "one" });
  expect(await run("t")).toStrictEqual(["one t", "three t", "two t"]);
  engine.unsubscribe({ workflowId, subscriberOrId: two });
  expect(await run("u")).toStrictEqual(["one u", "three u"]);
  engine.unsubscribe({ workflowId, subscriberOrId: "nobody" });
  engine.unsubscribe({ workflowId: "another", subscriberOrId: "one" });
  expect(await run("u")).toStrictEqual(["one u", "three u"]);
  engine.unsubscribe({ workflowId, subscriberOrId: id });
  expect(await run("u")).toStrictEqual(["one u"]);
});

test("one subscriber has one subscription to a run, and one to all runs; without a name all are ended", async () => {
  const { engine, container } = tests.engine();
  for (const name of ["first", "second"]) engine.subscribe({ workflowId, subscriberId: "same", subscriber: listener(name) });
  engine.subscribe({ workflowId, subscriber: listener("other") });
  engine.subscribe({ workflowId, transactionId: "t", subscriber: listener("of the run") });
  await workflow(container).run({ transactionId: "t" });
  expect(heard.toSorted()).toStrictEqual(["of the run t", "other t", "second t"]);
  engine.unsubscribe({ workflowId });
  heard.length = 0;
  await workflow(container).run({ transactionId: "t" });
  expect(heard).toStrictEqual(["of the run t"]);
  engine.unsubscribe({ workflowId, transactionId: "t" });
  await workflow(container).run({ transactionId: "t" });
  expect(heard).toHaveLength(1);
});
