import { asValue, createContainer } from "@velella/kernel";
import type { EventMessage } from "@velella/kernel";
import { createWorkflow } from "@velella/workflows";
import { expect, test } from "vitest";
import { emitEventStep } from "./emit-event";
import type { EmitEventInput } from "./emit-event";

/** The events that reach the bus when a workflow with this step has run. */
async function emitted(input: Omit<EmitEventInput, "eventName">): Promise<EventMessage[]> {
  const events: EventMessage[] = [];
  const container = createContainer();
  container.register("event_bus", asValue({ emit: async (messages: EventMessage[]) => void events.push(...messages) }));
  const workflow = createWorkflow(`emits-${Math.random().toString(36).slice(2)}`, () => {
    emitEventStep({ eventName: "thing.made", ...input });
  });
  await workflow(container).run({ context: { eventGroupId: "group" } });
  return events;
}

test("one event for an object, one for each element of an array, and none for an empty one", async () => {
  expect(await emitted({ data: { id: 1 }, metadata: { by: "me" }, options: { delay: 5 } })).toStrictEqual([
    { name: "thing.made", data: { id: 1 }, metadata: { by: "me", eventGroupId: "group" }, options: { delay: 5 } },
  ]);
  expect((await emitted({ data: [{ id: 1 }, { id: 2 }] })).map(({ data }) => data)).toStrictEqual([{ id: 1 }, { id: 2 }]);
  expect(await emitted({ data: [] })).toStrictEqual([]);
});

test("the data may be what a function returns, which gets the context of the step", async () => {
  const events = await emitted({ data: async ({ eventGroupId, stepName }) => [{ eventGroupId }, { stepName }] });
  expect(events.map(({ data }) => data)).toStrictEqual([{ eventGroupId: "group" }, { stepName: "emit-event-step" }]);
});
