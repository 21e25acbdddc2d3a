import { loadInto } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createHook, createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";
import type { WorkflowEngine, WorkflowExecution } from "../index";
import { testEngines } from "../testing/test-engine";

const tests = testEngines();
let engine: WorkflowEngine;

beforeAll(async () => {
  await tests.open();
  ({ engine } = tests.engine({ secret: "of the tests" }));
});
afterAll(() => tests.close());

const step = (name: string, options: object = {}) =>
  createStep({ name, ...options }, async (value: unknown) => new StepResponse({ [name]: value }));

const inner = createWorkflow("timeline-inner", (input: { n: number }) => {
  const doubled = transform({ input }, ({ input }) => input.n * 2);
  return new WorkflowResponse(step("inner")({ doubled }));
});
const outer = loadInto(tests.registries, "outer.ts", () =>
  createWorkflow({ name: "timeline-outer", store: true }, (input: { n: number; at: Date; card: string }) => {
    const pure = step("pure", { pure: true })({ n: input.n });
    const [a, b] = parallelize(step("a")(pure), step("b")({ at: input.at }));
    const never = when("never", { input }, () => false).then(() => step("skipped")(input.n));
    const sum = transform({ a, b, n: input.n }, ({ n }) => n + 1);
    step("reads-never")({ never, sum });
    const nested = inner.runAsStep({ input: { n: sum } });
    const hook = createHook("done", { nested });
    step("charge", { secret: { input: ["card"], output: ["charge.card"] } })({ card: input.card });
    step("last")([hook.getResult(), "plain"]);
    return new WorkflowResponse(nested, { hooks: [hook] });
  }),
);
loadInto(tests.registries, "hooks.ts", () => outer.hooks.done(() => new StepResponse("handled")));

const inputsOf = ({ execution }: WorkflowExecution) => Object.fromEntries(execution.steps.map(({ key, input }) => [key, input]));

test("shows what each step was given, and what was computed, of what is on record", async () => {
  await engine.run(outer, { input: { n: 1, at: new Date(0), card: "4242" }, transactionId: "T" });
  const execution = await engine.retrieveWorkflowExecution({ workflow_id: "timeline-outer", transaction_id: "T" });
  expect(inputsOf(execution)).toStrictEqual({
    a: { pure: { n: 1 } },
    b: { at: "1970-01-01T00:00:00.000Z" },
    // What stands in a condition that did not hold has no value.
    "reads-never": { sum: 2 },
    "timeline-inner-as-step/inner": { doubled: 4 },
    "done@hooks": { nested: { inner: { doubled: 4 } } },
    charge: { card: "[secret]" },
    last: ["handled", "plain"],
  });
  const { values } = execution.execution;
  expect(values).toMatchObject({ pure: { pure: { n: 1 } }, "when#never": false });
  expect(Object.values(values)).toContain(4);
  expect(JSON.stringify(execution)).not.toContain("4242");
});

test("of a step that failed as well; and not where the code has another version of the workflow", async () => {
  const define = (name: string) =>
    loadInto(tests.registries, "failing.ts", () =>
      createWorkflow({ name: "timeline-failing", store: true }, (input: { n: number }) => {
        step("first")(input.n);
        createStep(name, async ({ twice }: { twice: number }): Promise<void> => {
          throw new Error(`no ${twice}`);
        })({ twice: transform({ input }, ({ input }) => input.n * 2) });
      }),
    );
  await engine.run(define("fails"), { input: { n: 4 }, transactionId: "F", throwOnError: false });
  const listed = async () => inputsOf((await engine.listWorkflowExecutions({ transaction_id: "F" }))[0]!);
  expect(await listed()).toStrictEqual({ first: 4, fails: { twice: 8 } });
  tests.registries.forget("failing.ts");
  define("fails-otherwise");
  expect(await listed()).toStrictEqual({ first: undefined, fails: undefined });
});
