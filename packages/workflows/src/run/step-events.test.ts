import type { Container, EventMessage } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import { containerFor, runners } from "../testing/runners";

// What steps emit, whichever runner does them.
describe.each(runners)("%s", (_name, create) => {
  const runner = create();
  let container: Container;
  let events: EventMessage[];
  beforeAll(() => runner.open());
  afterAll(() => runner.close());

  beforeEach(() => {
    events = runner.events();
    container = containerFor(runner);
  });

  test.each([{ pure: true }, { pure: false }])(
    "of a step that is tried again ($pure), the attempt that succeeds is the one that emits",
    async (options) => {
      const emit = createStep({ name: "emit", emits: true, maxRetries: 2, ...options }, async (_: void, context) => {
        context.emit({ name: "tried", data: { attempt: context.attempt } });
        if (context.attempt < 3) throw new Error("not yet");
      });
      const workflow = createWorkflow(`wf-${Math.random().toString(36).slice(2)}`, () => void emit());
      await workflow(container).run();
      await runner.settled();
      expect(events.map(({ data }) => data)).toStrictEqual([{ attempt: 3 }]);
    },
  );

  test("a pure step that fails, and is gone on without, emits nothing", async () => {
    const emit = createStep(
      { name: "emit", pure: true, emits: true, maxRetries: 1, continueOnPermanentFailure: true },
      async (_: void, context) => {
        context.emit({ name: "tried", data: {} });
        throw new Error("never");
      },
    );
    const workflow = createWorkflow(`wf-${Math.random().toString(36).slice(2)}`, () => void emit());
    await workflow(container).run();
    await runner.settled();
    expect(events).toStrictEqual([]);
  });

  test.each([{ pure: true }, { pure: false }])("a step that has ended ($pure) cannot emit any more, and is told so", async (options) => {
    let late: (() => void) | undefined;
    const emit = createStep({ name: "emit", emits: true, ...options }, async (_: void, context) => {
      context.emit({ name: "in time", data: {} });
      late = () => context.emit({ name: "late", data: {} });
    });
    const workflow = createWorkflow("emits-late", () => void emit());
    await workflow(container).run();
    expect(() => late?.()).toThrow('Step "emit" of workflow "emits-late" emits "late" after it has ended');
    await runner.settled();
    expect(events.map(({ name }) => name)).toStrictEqual(["in time"]);
  });
});
