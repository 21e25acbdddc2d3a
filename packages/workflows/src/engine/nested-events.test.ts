import type { SqlConnection } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createStep, createWorkflow } from "../index";
import type { StepOptions, WorkflowEngine, WorkflowOptions } from "../index";
import { ownSchema } from "../testing/own-schema";
import { eventually, testEngines } from "../testing/test-engine";

// Runs within a step that are given the step's context: their events are those of the step.

const tests = testEngines();
beforeAll(() => tests.open());
afterEach(() => tests.stop());
afterAll(() => tests.close());

const write = createStep({ name: "write", transactional: "shared" }, async () => undefined);
const plain = createStep("plain", async () => undefined);
const tell = createStep({ name: "tell", pure: true, emits: true }, async (id: string, { emit }) => emit({ name: "paid", data: { id } }));

/** How the inner run is made, its options, and whether it has a plain step besides, which puts it on record. */
const kinds: [name: string, options: Partial<WorkflowOptions>, hasPlain: boolean][] = [
  ["in one transaction", {}, false],
  ["which its last steps end", { timeout: 60 }, false],
  ["on record", {}, true],
];

test.each(kinds)("events of an inner run are released with the outer one, and with it alone: %s", async (kind, options, hasPlain) => {
  const { engine, container } = await ownSchema(tests);
  const inner = createWorkflow({ name: `inner ${kind}`, ...options }, (id: string) => {
    write();
    tell(id);
    if (hasPlain) {
      plain();
      plain().config({ name: "more" });
    }
  });
  const outer = createWorkflow(`outer ${kind}`, (input: { id: string; fails: boolean }) => {
    createStep("pay", async ({ id }: { id: string }, { context }) => {
      await inner(container).run({ input: id, context });
    })(input);
    createStep("check", async ({ fails }: { fails: boolean }) => {
      expect(await engine.events.list()).toStrictEqual([]);
      if (fails) throw new Error("as asked");
    })(input);
  });
  await outer(container).run({ input: { id: "no", fails: true }, throwOnError: false });
  expect(await engine.events.list()).toStrictEqual([]);
  await outer(container).run({ input: { id: "yes", fails: false } });
  expect((await engine.events.list()).map(({ data }) => data)).toStrictEqual([{ id: "yes" }]);
});

test("events of an idempotent inner run are not lost when the step that made it is done again", async () => {
  const { engine, container } = await ownSchema(tests);
  const inner = createWorkflow({ name: "inner-once", idempotent: true }, (id: string) => {
    plain();
    tell(id);
  });
  let attempts = 0;
  const outer = createWorkflow("outer-again", () => {
    createStep({ name: "pay", maxRetries: 1 }, async (_input: unknown, { context }) => {
      await inner(container).run({ input: "it", transactionId: "order-1", context });
      if (++attempts === 1) throw new Error("flaky");
    })(1);
    plain();
  });
  await outer(container).run();
  expect(attempts).toBe(2);
  expect((await engine.events.list()).map(({ data }) => data)).toStrictEqual([{ id: "it" }]);
});

/** How the inner run leaves the step that started it, and who then ends it. */
const leavings: [name: string, step: StepOptions, options: Partial<WorkflowOptions>, hasPlain: boolean][] = [
  ["by plain steps", { async: true, backgroundExecution: true }, {}, true],
  ["by steps that share a transaction with its end", { async: true, backgroundExecution: true }, {}, false],
  ["answered before it rests", { async: true }, {}, true],
  ["after a rest", { async: true, retryInterval: 0.05, maxRetries: 1 }, {}, true],
];

test.each(leavings)("an inner run that goes to the background releases its own events: %s", async (kind, step, options, hasPlain) => {
  const { engine, container } = await ownSchema(tests);
  await engine.start();
  let isOver = () => {};
  const outerIsOver = new Promise<void>((resolve) => (isOver = resolve));
  const leave = createStep({ name: "leave", ...step }, async (_input: unknown, { attempt, idempotencyKey }) => {
    if (step.maxRetries && attempt === 1) throw new Error("flaky");
    await outerIsOver;
    if (!step.backgroundExecution) await engine.setStepSuccess({ idempotencyKey });
  });
  const inner = createWorkflow({ name: `leaving ${kind}`, ...options }, () => {
    tell("held before it left");
    leave(1);
    if (hasPlain) plain();
    write();
    tell("after that").config({ name: "tell-more" });
  });
  const outer = createWorkflow(`left ${kind}`, () => {
    createStep("begin", async (_input: unknown, { context }) => {
      const { transaction } = await inner(container).run({ context });
      expect(transaction.getState()).toBe("invoking");
    })(1);
    createStep("fails", async () => {
      throw new Error("as asked");
    })();
  });
  const { transaction } = await outer(container).run({ throwOnError: false });
  expect(transaction.getState()).toBe("reverted");
  expect(await engine.events.list()).toStrictEqual([]);
  isOver();
  const told = async () => (await engine.events.list()).map(({ data }) => (data as { id: string }).id).toSorted();
  const both = ["after that", "held before it left"];
  expect(await eventually(told, (ids) => ids.length === both.length)).toStrictEqual(both);
});

const lateKinds: typeof kinds = [...kinds, ["by plain calls", { durable: false }, true]];

describe.each(lateKinds)("an inner run that its step does not wait for: %s", (kind, options, hasPlain) => {
  let next = 0;
  /** An outer run whose step has begun an inner one that goes on until `end` is called. */
  async function begun(isOuterDirect = false) {
    const { engine, container } = await ownSchema(tests);
    const name = `late ${kind} ${++next}`;
    let end: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (end = resolve));
    let innerRun: Promise<unknown> | undefined;
    const inner = createWorkflow({ name: `inner ${name}`, ...options }, (input: { fails: boolean }) => {
      createStep({ name: "gate", pure: true }, () => gate)();
      write();
      if (hasPlain) plain();
      tell("late");
      createStep({ name: "check", pure: true, emits: true }, async ({ fails }: { fails: boolean }) => {
        if (fails) throw new Error("as asked");
      })(input);
    });
    const outer = createWorkflow(
      { name: `outer ${name}`, ...(isOuterDirect && { durable: false }) },
      (input: { fails: boolean; innerFails: boolean; inTime: boolean }) => {
        createStep("begin", async ({ innerFails, inTime }: typeof input, { context }) => {
          innerRun = inner(container).run({ input: { fails: innerFails }, context, throwOnError: false });
          if (!inTime) return;
          end();
          await innerRun;
        })(input);
        createStep("check", async ({ fails }: { fails: boolean }) => {
          if (fails) throw new Error("as asked");
        })(input);
      },
    );
    const run = (input: { fails?: boolean; innerFails?: boolean; inTime?: boolean }) =>
      outer(container).run({ input: { fails: false, innerFails: false, inTime: false, ...input }, throwOnError: false });
    return { engine, run, end: async () => (end(), innerRun) };
  }
  const told = async (engine: WorkflowEngine) => (await engine.events.list()).map(({ data }) => (data as { id: string }).id);

  test.each([
    ["on record", false],
    ["by plain calls", true],
  ])("releases its own events once that step is over, whatever becomes of the outer run, made %s", async (_how, isOuterDirect) => {
    for (const fails of [false, true]) {
      const { engine, run, end } = await begun(isOuterDirect);
      await run({ fails });
      expect(await told(engine)).toStrictEqual([]);
      await end();
      expect(await told(engine)).toStrictEqual(["late"]);
    }
  });

  test("emits nothing if it fails", async () => {
    const { engine, run, end } = await begun();
    await run({ innerFails: true });
    await end();
    expect(await told(engine)).toStrictEqual([]);
  });

  test("leaves its events to the step if it ends in time", async () => {
    const { engine, run } = await begun();
    await run({ inTime: true, fails: true });
    expect(await told(engine)).toStrictEqual([]);
  });
});

test("a step is not over while an inner run that it does not wait for is ending", async () => {
  const written: string[] = [];
  const slow: SqlConnection = {
    ...tests.connection,
    query: async (text, ...rest) => {
      const isEnd = text.includes("ended as (");
      if (isEnd && !written.length) {
        written.push("ending");
        await eventually(
          () => written,
          (said) => said.includes("step is over") || said.includes("go on"),
        );
      }
      return tests.connection.query(text, ...rest);
    },
  };
  const { engine, container } = await ownSchema(tests, () => ({ checkpoints: slow }));
  const inner = createWorkflow("inner-ending", () => {
    plain();
    plain().config({ name: "more" });
    tell("ending");
  });
  let innerRun: Promise<unknown> | undefined;
  const outer = createWorkflow("outer-ending", () => {
    createStep("begin", async (_input: unknown, { context }) => {
      innerRun = inner(container).run({ context });
      await eventually(
        () => written.length,
        (count) => count > 0,
      );
      setTimeout(() => written.push("go on"), 100);
    })(1);
    createStep("fails", async () => {
      written.push("step is over");
      throw new Error("as asked");
    })();
  });
  await outer(container).run({ throwOnError: false });
  await innerRun;
  expect(written.slice(0, 3)).toStrictEqual(["ending", "go on", "step is over"]);
  expect(await engine.events.list()).toStrictEqual([]);
});
