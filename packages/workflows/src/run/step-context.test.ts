import { inspect } from "node:util";
import { asValue } from "@velella/kernel";
import type { Container, EventMessage } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, WorkflowResponse } from "../index";
import { containerFor, runners } from "../testing/runners";

const parts =
  "action attempt container context emit eventGroupId idempotencyKey metadata parentStepIdempotencyKey runId signal stepName transactionId workflowId";

// A step that takes its context apart, or makes another one of it, loses nothing.
describe.each(runners)("%s", (name, create) => {
  let container: Container;
  let events: EventMessage[];
  const runner = create();
  beforeAll(() => runner.open());
  afterAll(() => runner.close());
  beforeEach(() => {
    events = runner.events();
    container = containerFor(runner);
    container.register({ thing: asValue("thing") });
  });

  test("what remains of a context has all its other parts", async () => {
    const apart = createStep("apart", async (_: void, { stepName, ...rest }) => {
      rest.emit({ name: "apart", data: {}, metadata: { eventGroupId: rest.eventGroupId } });
      expect(Object.keys({ stepName, ...rest }).sort()).toEqual(parts.split(" "));
      expect(rest).toMatchObject({ attempt: 1, context: { idempotencyKey: rest.idempotencyKey }, metadata: { action: "apart" } });
      expect(rest.signal.aborted).toBe(false);
      return rest.container.resolve<string>("thing");
    });
    const workflow = createWorkflow(`apart-${name}`, () => new WorkflowResponse(apart()));
    expect((await workflow(container).run()).result).toBe("thing");
    await runner.settled();
    expect(events).toMatchObject([{ name: "apart" }]);
  });

  test("a copy of a context is one", async () => {
    const copies = createStep("copies", async (_: void, context) => {
      for (const copy of [{ ...context }, Object.assign({}, context), Object.fromEntries(Object.entries(context)) as typeof context]) {
        expect(copy).toEqual({ ...context, metadata: copy.metadata, emit: copy.emit });
        expect(copy.context).toBe(context.context);
        expect(copy.signal).toBe(context.signal);
        expect(copy.container.resolve("thing")).toBe("thing");
      }
      expect("container" in context && Object.hasOwn(context, "container")).toBe(true);
      expect("other" in context || Object.hasOwn(context, "other")).toBe(false);
      return inspect(context);
    });
    const workflow = createWorkflow(`copies-${name}`, () => new WorkflowResponse(copies()));
    const { result } = await workflow(container).run();
    expect(result).toMatch(/^\{\s+workflowId: 'copies-.*',\s+stepName: 'copies',/);
    expect(result).not.toContain("container");
  });

  test("a compensation has the same", async () => {
    const seen: unknown[] = [];
    const undone = createStep(
      "undone",
      async () => {
        throw new Error("broken");
      },
      async (_, { action, ...rest }) => {
        seen.push(action, rest.container.resolve("thing"), rest.signal.aborted);
      },
    );
    const workflow = createWorkflow(`undone-${name}`, () => void undone());
    await workflow(container).run({ throwOnError: false });
    expect(seen).toEqual(["compensate", "thing", false]);
  });
});
