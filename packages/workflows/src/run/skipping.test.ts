import { setTimeout as sleep } from "node:timers/promises";
import type { Container } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createStep, createWorkflow, parallelize, when } from "../index";
import type { StepOptions } from "../index";
import { containerFor, runners } from "../testing/runners";

// What skipOnPermanentFailure means within parallel groups, and beside them.
describe.each(runners)("%s", (_name, create) => {
  let container: Container;
  let trace: string[];
  const runner = create();
  beforeAll(() => runner.open());
  afterAll(() => runner.close());
  beforeEach(() => {
    trace = [];
    container = containerFor(runner);
  });

  const step = (name: string, ms = 0) =>
    createStep(name, async () => {
      if (ms) await sleep(ms);
      trace.push(name);
      return name;
    })();
  const breaks = (name: string, skipOnPermanentFailure: StepOptions["skipOnPermanentFailure"] & (string | boolean), ms = 0) =>
    createStep({ name, skipOnPermanentFailure }, async (): Promise<string> => {
      if (ms) await sleep(ms);
      trace.push(name);
      throw new Error("as asked");
    })();
  const branch = (name: string, nodes: () => unknown) => when(name, {}, () => true).then(nodes);

  let n = 0;
  async function traceOf(composer: () => void): Promise<string[]> {
    const { transaction } = await createWorkflow(`skipping-${_name}-${++n}`, composer)(container).run();
    expect(transaction.getState()).toBe("done");
    return trace;
  }

  test.each([0, 60])("what stands beside the step is done, what comes after the group is skipped: it fails after %i ms", async (ms) => {
    const done = await traceOf(() => {
      parallelize(
        breaks("breaks", true, ms),
        branch("beside", () => {
          step("slow", 30);
          return step("second");
        }),
      );
      step("late");
    });
    expect(done.toSorted()).toStrictEqual(["breaks", "second", "slow"]);
  });

  test("what comes after the step in its own branch is skipped, and in the others is not", async () => {
    const done = await traceOf(() => {
      parallelize(
        branch("own", () => {
          breaks("breaks", "here");
          step("skipped");
          return step("here");
        }),
        branch("other", () => {
          step("one", 30);
          return step("two");
        }),
      );
      step("after");
    });
    expect(done).toStrictEqual(["breaks", "here", "one", "two", "after"]);
  });

  test("the step that it names stands beside it: nothing is left to be skipped", async () => {
    const done = await traceOf(() => {
      parallelize(breaks("breaks", "third"), step("second"), step("third"));
      step("after");
    });
    expect(done.toSorted()).toStrictEqual(["after", "breaks", "second", "third"]);
  });

  test("the step that it names stands in a group: the ones before it are skipped, those behind it are done", async () => {
    const done = await traceOf(() => {
      breaks("breaks", "second");
      parallelize(step("first"), step("second"), step("third"));
      step("after");
    });
    expect(done).toStrictEqual(["breaks", "second", "third", "after"]);
  });

  test.each([
    [0, 30],
    [30, 0],
  ])("two that fail beside each other skip to the later of what they name, whichever is first: %i and %i ms", async (one, two) => {
    const done = await traceOf(() => {
      parallelize(breaks("one", "far", one), breaks("two", "near", two));
      step("near");
      step("far");
    });
    expect(done.toSorted()).toStrictEqual(["far", "one", "two"]);
  });

  test("of a nested workflow only its own steps are skipped", async () => {
    const done = await traceOf(() => {
      const inner = createWorkflow(`skipping-${_name}-inner-${n}`, () => {
        parallelize(breaks("breaks", true), step("beside"));
        step("skipped");
      });
      parallelize(inner.runAsStep({ input: {} }), step("outer"));
      step("after");
    });
    expect(done.toSorted()).toStrictEqual(["after", "beside", "breaks", "outer"]);
  });
});
