import { createAppRegistries, loadInto } from "@velella/kernel";
import { expect, test } from "vitest";
import { createHook, createStep, createWorkflow, parallelize, transform, when, workflowRegistryKind, WorkflowResponse } from "../index";

const id = () => `wf-${Math.random().toString(36).slice(2)}`;
const plain = createStep("plain", async (input: unknown) => input);

test("a step used twice needs a name", () => {
  const twice = () =>
    createWorkflow(id(), () => {
      plain(1);
      plain(2);
    });
  expect(twice).toThrow("Step plain is already defined in workflow.");
  const nested = () =>
    createWorkflow(id(), () => {
      plain(1);
      when({}, () => true).then(() => plain(2));
    });
  expect(nested).toThrow("Step plain is already defined in workflow.");
  expect(() =>
    createWorkflow(id(), () => {
      plain(1);
      plain(2).config({ name: "again" });
    }),
  ).not.toThrow();
});

test("an id used twice for other steps is refused, and both files are named", () => {
  const name = id();
  const define = (file: string, step: string) =>
    loadInto(registries, file, () => createWorkflow(name, () => void createStep(step, async () => 1)()));
  const registries = createAppRegistries();
  define("a.ts", "one");
  expect(() => define("b.ts", "one")).not.toThrow();
  let error: { message?: string; hint?: string } = {};
  try {
    define("c.ts", "two");
  } catch (caught) {
    error = caught as typeof error;
  }
  expect(error.message).toBe(`Workflow with id "${name}" and step definition already exists.`);
  expect(error.hint).toBe("It is defined in b.ts, and again, with other steps, in c.ts. Give one of them another id.");
});

test("a reload replaces what a file defined, hook handlers too", () => {
  const registries = createAppRegistries();
  const registry = registries.get(workflowRegistryKind);
  const name = id();
  const workflow = createWorkflow(name, () => new WorkflowResponse(1, { hooks: [createHook("done", {})] }));
  const load = () => loadInto(registries, "hooks.ts", () => workflow.hooks.done(() => 1));
  load();
  loadInto(registries, "other.ts", () => workflow.hooks.done(() => 2));
  expect(registry.handlersOf(name, "done").map(({ file }) => file)).toStrictEqual(["hooks.ts", "other.ts"]);
  registries.forget("hooks.ts");
  load();
  expect(registry.handlersOf(name, "done").map(({ file }) => file)).toStrictEqual(["other.ts", "hooks.ts"]);
  expect(createAppRegistries().get(workflowRegistryKind).handlersOf(name, "done")).toStrictEqual([]);
  expect(registry.get(name)).toBe(workflow.plan);
});

test("an async composer is refused", () => {
  const compose = () => createWorkflow(id(), (async () => undefined) as never);
  expect(compose).toThrow(/composer of workflow "wf-\w+" is async/);
});

test.each<[string, (reference: never) => unknown]>([
  ["a template string", (input) => `${input}`],
  ["addition", (input) => (input as number) + 1],
  ["comparison by size", (input) => (input as number) > 1],
  ["JSON.stringify", (input) => JSON.stringify(input)],
  ["spreading an object", (input) => ({ ...(input as object) })],
  ["spreading an array", (input) => [...(input as unknown[])]],
  [
    "a loop",
    (input) => {
      for (const item of input as unknown[]) return item;
      return undefined;
    },
  ],
  ["a method of the data", (input: { map(fn: unknown): unknown }) => input.map(() => 1)],
  ["an assignment", (input: { x: number }) => (input.x = 1)],
])("%s of a reference is an error when the workflow is composed", (_what, use) => {
  const name = id();
  const compose = () => createWorkflow(name, (input: { items: never }) => void use(input.items));
  expect(compose).toThrow(new RegExp(`^"input\\.items(\\.map)?" of workflow "${name}" is .* while the workflow is composed`));
});

test("a reference is no promise, and survives inspection", () => {
  createWorkflow(id(), (input: { then?: unknown }) => {
    expect(input.then).toBeUndefined();
    expect(Array.isArray(input)).toBe(false);
  });
});

test("a reference of another workflow is refused", () => {
  let stolen: unknown;
  createWorkflow("owner", (input: { a: number }) => void (stolen = input.a));
  expect(() => createWorkflow("thief", () => void plain({ stolen }))).toThrow(
    '"input.a" belongs to workflow "owner" and is used in workflow "thief"',
  );
});

test("members of a parallel group do not depend on each other", () => {
  const compose = () =>
    createWorkflow("dependent", () => {
      const first = plain(1);
      const second = plain(transform({ first }, ({ first }) => first)).config({ name: "second" });
      parallelize(first, second);
    });
  expect(compose).toThrow('In workflow "dependent", "plain" uses the result of "plain"');
});

test("steps outside of a composer, and steps that contradict themselves", () => {
  expect(() => plain(1)).toThrow("Step plain is used outside of the composer of a workflow.");
  expect(() =>
    createStep(
      { name: "both", pure: true },
      async () => 1,
      async () => 2,
    ),
  ).toThrow('Step "both" is declared pure, and has a compensation.');
  expect(() => createStep({ name: "reads", pure: true, async: true }, async () => 1)).toThrow(
    'Step "reads" is declared pure, and has async: true.',
  );
  expect(() => createStep("", async () => 1)).toThrow("A step needs a name");
  expect(() => createWorkflow(id(), undefined as never)).toThrow("needs a composer function, and got undefined");
});

test.each([
  { backgroundExecution: true },
  { retryIntervalAwaiting: 1 },
  { maxAwaitingRetries: 2 },
  { transactional: true },
  { transactional: "shared" as const },
  { compensateAsync: true },
])("a pure step has nothing to do with %s, also by its config", (option) => {
  const [name, value] = Object.entries(option)[0] as [string, unknown];
  const reason = {
    reason: "workflow.pure_with_option",
    message: expect.stringContaining(`pure, and has ${name}: ${JSON.stringify(value)}`),
  };
  const reads = { name: "reads", pure: true };
  expect(() => createStep({ ...reads, ...option }, async () => 1)).toThrow(expect.objectContaining(reason));
  const step = createStep(reads, async () => 1);
  expect(() => createWorkflow(id(), () => void step().config(option))).toThrow(expect.objectContaining(reason));
  createStep({ ...reads, [name]: typeof value === "number" ? 0 : false }, async () => 1);
});

test("a step with a compensation cannot be made pure by its config", () => {
  const undo = createStep(
    "undo",
    async () => 1,
    async () => 2,
  );
  expect(() => createWorkflow(id(), () => void undo().config({ pure: true }))).toThrow(
    'Step "undo" is declared pure, and has a compensation.',
  );
});

test("explains a plan", () => {
  const undo = createStep(
    { name: "undo", transactional: true, maxRetries: 2, retryInterval: 5 },
    async () => 1,
    async () => undefined,
  );
  const inner = createWorkflow("inner", () => void plain(1));
  const timed = createWorkflow({ name: "timed", timeout: 7 }, () => void plain(1));
  const outer = createWorkflow("outer", () => {
    undo();
    parallelize(plain(1), createStep({ name: "wait", async: true, timeout: 9 }, async () => undefined)());
    when("ready", {}, () => true).then(() => void inner.runAsStep({ input: {} }));
    timed.runAsStep({ input: {} }).config({ name: "timed-too" });
    createHook("done", {});
  });
  expect(outer.explain()).toBe(`workflow outer: journalled
  step undo: transactional, undone on failure, 2 retries every 5 s
  at the same time
    step plain: plain
    step wait: plain, timeout 9 s, async
  when ready
    workflow inner
      step plain: plain
  workflow timed: as timed-too, timeout 7 s
    step plain: plain
  hook done: 0 handlers`);
});

test("explains how a plan is made", () => {
  const shared = createStep({ name: "shared", transactional: "shared" }, async () => 1);
  const pure = createStep({ name: "pure", pure: true }, async () => 1);
  const told = createStep({ name: "told", pure: true, emits: true }, async () => 1);
  const head = (name: string, compose: () => void, options: object = {}) =>
    createWorkflow({ name, ...options }, compose)
      .explain()
      .split("\n", 1)[0];
  const twice = () => {
    pure();
    shared();
    shared().config({ name: "again" });
    told();
  };
  expect(head("pure-only", () => void pure())).toBe("workflow pure-only: made of plain calls");
  expect(head("one-plain", () => void plain(1))).toBe(
    "workflow one-plain: journalled, and made of plain calls once it has emitted nothing",
  );
  expect(head("whole", twice)).toBe("workflow whole: made in one transaction");
  expect(head("kept", twice, { store: true })).toBe("workflow kept: kept, journalled");
  expect(head("lost", twice, { durable: false })).toBe("workflow lost: not journalled");
});
