import { createAppRegistries, loadInto } from "@velella/kernel";
import { expect, test } from "vitest";
import { createHook, createStep, createWorkflow, parallelize, transform, when, workflowRegistryKind, WorkflowResponse } from "../index";
import type { WorkflowOptions } from "../index";

interface Mistake {
  /** Composes it; `input` is a reference. */
  compose(input: never): unknown;
  message: string | RegExp;
  hint?: string | RegExp;
}

const step = (name: string, options: object = {}) => createStep({ name, ...options }, async (value: unknown) => value);
const named = (name: string) => step(name)(1);
class Holder {
  constructor(readonly value: unknown) {}
}
const readsInput = createWorkflow("reads-input", (input: { n: number }) => new WorkflowResponse(transform({ input }, () => 1)));
const readsNothing = createWorkflow("reads-nothing", () => void named("inner"));

const mistakes: Record<string, Mistake> = {
  "skipOnPermanentFailure names no step": {
    compose: () => {
      step("bad", { skipOnPermanentFailure: "lsat" })(1);
      named("middle");
      named("last");
    },
    message: 'Step "bad" of workflow "wrong" has skipOnPermanentFailure: "lsat", and no step after it has that name.',
    hint: 'Did you mean "last"?',
  },
  "skipOnPermanentFailure names a step before it": {
    compose: () => {
      named("first");
      step("bad", { skipOnPermanentFailure: "first" })(1);
    },
    message: /has skipOnPermanentFailure: "first", and no step after it has that name/,
    hint: /^It is the last step/,
  },
  "hooks that are names": {
    compose: (input) => new WorkflowResponse(input, { hooks: [createHook("made", {}), "saved"] }),
    message: 'hooks[1] of a WorkflowResponse is "saved"; expected what createHook returned.',
    hint: /^Write: const hook = createHook\(/,
  },
  "hooks that are one": {
    compose: (input) => new WorkflowResponse(input, { hooks: createHook("made", {}) as never }),
    message: '"hooks" of a WorkflowResponse is {"name":"made"}; expected what createHook returned.',
  },
  "an option that no nested workflow has": {
    compose: () => readsNothing.runAsStep({ input: undefined }).config({ nme: "x" } as never),
    message: 'Workflow "reads-nothing-as-step" has no option "nme".',
    hint: 'Did you mean "name"?',
  },
  "a name of a nested workflow that is none": {
    compose: () => readsNothing.runAsStep({ input: undefined }).config({ name: 42 } as never),
    message: 'This use of workflow "reads-nothing" needs a name, a string that is not empty, and got 42.',
  },
  "an async then": {
    compose: () => when("ready", {}, () => true).then(async () => named("late")),
    message: /^The function given to then\(\) of when\("ready"\) in workflow "wrong" is async\./,
  },
  "when without then": {
    compose: () => {
      when({}, () => true);
      named("always");
    },
    message: 'when() in workflow "wrong" has no then(), so nothing depends on it.',
  },
  "a condition that is no function": {
    compose: (input) => when({ input }, true as never).then(() => named("a")),
    message: 'The condition of when() in workflow "wrong" needs a function, and got true.',
  },
  "then without a function": {
    compose: () => when("x", {}, () => true).then(undefined as never),
    message: 'when("x").then() in workflow "wrong" needs a function, and got undefined.',
  },
  "transform without a function": {
    compose: (input) => transform({ input }, ...([] as unknown as [() => 1])),
    message: 'transform() in workflow "wrong" needs a function, and got none.',
  },
  "transform with something else": {
    compose: (input) => transform({ input }, "name" as never),
    message: 'transform() in workflow "wrong" needs a function, and got "name".',
  },
  "parallelize of a list": {
    compose: () => parallelize([named("a"), named("b")]),
    message: 'parallelize() in workflow "wrong" was given a list, whose steps would run one after the other.',
  },
  "parallelize of a transform": {
    compose: () =>
      parallelize(
        named("a"),
        transform({}, () => 1),
      ),
    message: /^Argument 2 of parallelize\(\) in workflow "wrong" is "transform#1"; expected the result of a step/,
  },
  "parallelize of the input": {
    compose: (input: { x: unknown }) => parallelize(named("a"), input.x),
    message: /^Argument 2 of parallelize\(\) in workflow "wrong" is "input\.x"/,
  },
  "parallelize of a condition that yields nothing": {
    compose: () =>
      parallelize(
        named("a"),
        when({}, () => true).then(() => void named("b")),
      ),
    message: /^Argument 2 of parallelize\(\) in workflow "wrong" is undefined/,
  },
  "parallelize of a step that is in another group": {
    compose: () => {
      const [a] = parallelize(named("a"), named("b"));
      parallelize(a, named("c"));
    },
    message: /^Argument 1 of parallelize\(\) in workflow "wrong" is "a", which stands elsewhere already/,
  },
  "a validator that is none": {
    compose: () => createHook("done", {}, { resultValidator: 5 as never }),
    message: 'Hook "done" has resultValidator: 5; expected a schema with a method parse, such as zod makes it.',
  },
  "an option that a hook does not have": {
    compose: () => createHook("done", {}, { resultvalidator: {} } as never),
    message: 'Hook "done" has no option "resultvalidator".',
    hint: 'Did you mean "resultValidator"?',
  },
  "a reference in a Map": {
    compose: (input: { a: unknown }) => named("a") && step("b")({ map: new Map([["key", [input.a]]]) }),
    message: '"input.a" of workflow "wrong" stands inside of a Map, where it would not be replaced by its value.',
  },
  "a reference in a Set": {
    compose: (input: { a: unknown }) => step("b")(new Set([input.a])),
    message: /^"input\.a" of workflow "wrong" stands inside of a Set/,
  },
  "a reference in an instance": {
    compose: (input: { a: unknown }) => transform({ holder: new Holder({ deep: input.a }) }, () => 1),
    message: /^"input\.a" of workflow "wrong" stands inside of a Holder/,
  },
  in: {
    compose: (input: { a: object }) => ("x" in input.a ? named("a") : named("b")),
    message:
      '"input.a" of workflow "wrong" is asked for a property ("x" in …) while the workflow is composed, but its value is known only when the workflow runs.',
  },
  "runAsStep without the input that is read": {
    compose: () => readsInput.runAsStep(undefined as never),
    message: "reads-input.runAsStep() needs { input }, and got undefined.",
  },
  "runAsStep with the input itself": {
    compose: (input) => readsInput.runAsStep(input),
    message: 'reads-input.runAsStep() needs { input }, and got "input".',
  },
  "another workflow that is run": {
    compose: () => readsNothing().run(),
    message: 'Workflow "reads-nothing" is run while workflow "wrong" is composed: it would run once, when the file is loaded.',
    hint: /^To make it a part of the other one, write: reads-nothing\.runAsStep/,
  },
  "an option that a step does not have": {
    compose: () => step("a", { maxRetrys: 3 }),
    message: 'Step "a" has no option "maxRetrys".',
    hint: 'Did you mean "maxRetries"?',
  },
  "an option that a use of a step does not have": {
    compose: () => step("a")(1).config({ name: "b", async_: true } as never),
    message: 'Step "b" has no option "async_".',
    hint: 'Did you mean "async"?',
  },
  "a name that is none": {
    compose: () => step("a")(1).config({ name: "" }),
    message: 'This use of step "a" needs a name, a string that is not empty, and got "".',
  },
  "a compensation that is none": {
    compose: () => createStep("a", async () => 1, "undo" as never),
    message: 'The compensation of step "a" needs a function, and got "undo".',
  },
};

test.each(Object.entries(mistakes))("%s is an error when the workflow is composed", (_what, { compose, message, hint }) => {
  let error: { message?: string; hint?: string; type?: string } = {};
  try {
    createWorkflow("wrong", (input: never) => void compose(input));
  } catch (caught) {
    error = caught as typeof error;
  }
  expect(error.message).toMatch(typeof message === "string" ? new RegExp(`^${escaped(message)}$`) : message);
  expect(error.type).toBe("invalid_argument");
  if (hint !== undefined) expect(error.hint).toMatch(typeof hint === "string" ? new RegExp(`^${escaped(hint)}$`) : hint);
});

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

test("what only looks like these mistakes is composed", () => {
  const workflow = createWorkflow("right", (input: { a: number; at: Date }) => {
    readsNothing.runAsStep(undefined as never);
    step("skips", { skipOnPermanentFailure: "end" })({ at: new Date(0), list: new Set([1]), holder: new Holder(1), input });
    parallelize(
      named("a"),
      when("chosen", {}, () => true).then(() => named("b")),
      readsInput.runAsStep({ input: { n: 1 } }),
      createHook("hooked", {}).getResult(),
    );
    when({}, () => true).then(() => named("end"));
    return new WorkflowResponse(input.a);
  });
  expect(workflow.plan.nodes.map(({ kind }) => kind)).toStrictEqual(["workflow", "step", "parallel", "when"]);
});

test("a step is not configured once the workflow is composed", () => {
  let kept: { config(options: object): unknown } | undefined;
  let nested: typeof kept;
  createWorkflow("composed", () => {
    kept = step("kept")(1);
    nested = readsNothing.runAsStep({ input: undefined as never });
  });
  expect(() => kept?.config({ name: "other" })).toThrow(
    'Step "kept" of workflow "composed" is configured after the workflow was composed.',
  );
  expect(() => nested?.config({ name: "other" })).toThrow('Workflow "reads-nothing-as-step" of workflow "composed" is configured after');
});

const seconds = "a number of seconds that is not negative, and no more than 3155760000 (a hundred years)";

test.each<[object, string]>([
  [{ maxRetries: -1 }, "maxRetries: -1; expected a whole number that is not negative."],
  [{ maxRetries: "3" }, 'maxRetries: "3"; expected a whole number that is not negative.'],
  [{ maxRetries: 1.5 }, "maxRetries: 1.5; expected a whole number that is not negative."],
  [{ retryInterval: "soon" }, `retryInterval: "soon"; expected ${seconds}.`],
  [{ timeout: Number.NaN }, `timeout: NaN; expected ${seconds}.`],
  [{ timeout: -1 }, `timeout: -1; expected ${seconds}.`],
  [{ retryInterval: 1e15 }, `retryInterval: 1000000000000000; expected ${seconds}.`],
  [{ async: "yes" }, 'async: "yes"; expected true or false.'],
  [{ transactional: "alone" }, 'transactional: "alone"; expected true or false or "shared".'],
  [{ secret: ["card"] }, 'secret: ["card"]; expected { input, output } with lists of paths.'],
  [{ secret: { input: "card" } }, 'secret: {"input":"card"}; expected { input, output } with lists of paths.'],
])("a step with %o", (options, message) => {
  expect(() => step("v", options)).toThrow(`Step "v" has ${message}`);
  expect(() => createWorkflow("v", () => void step("w")(1).config({ name: "v", ...options }))).toThrow(`Step "v" has ${message}`);
});

test("options of a step that are left out, or at their edges, are taken", () => {
  const options = { maxRetries: Infinity, retryInterval: 0.5, timeout: 0, async: undefined, skipOnPermanentFailure: true };
  expect(step("edges", options).definition.options).toStrictEqual(options);
});

test.each<[object, string, string?]>([
  [{ retentionTime: "x" }, `Workflow "o" has retentionTime: "x"; expected ${seconds}.`],
  [{ retentionTime: Infinity }, `Workflow "o" has retentionTime: Infinity; expected ${seconds}.`],
  [{ timeout: -5 }, `Workflow "o" has timeout: -5; expected ${seconds}.`],
  [{ retention: 5 }, 'Workflow "o" has no option "retention".', "There are: store, retentionTime"],
  [{ store: 1 }, 'Workflow "o" has store: 1; expected true or false.'],
  [{ schedule: "nonsense" }, 'The schedule of job "workflow:o"'],
  [
    { schedule: { cron: "* * * * *", interval: 5 } },
    'Workflow "o" has schedule: {"cron":"* * * * *","interval":5}; expected a cron expression, or { cron } or { interval }.',
  ],
  [{ schedule: { interval: 0 } }, 'The schedule of workflow "o" has interval: 0; expected a number of milliseconds above 0.'],
  [
    { schedule: { cron: "* * * * *", concurrency: "never" } },
    'The schedule of workflow "o" has concurrency: "never"; expected "allow" or "forbid".',
  ],
  [{ schedule: { cron: "* * * * *", timezone: "Mars/Base" } }, 'The schedule of job "workflow:o"'],
  [{ schedule: { cron: "* * * * *", times: 3 } }, 'The schedule of workflow "o" has no option "times".'],
])("a workflow with %o", (options, message, hint) => {
  const failing = (define: () => unknown) => {
    let error: { message?: string; hint?: string } = {};
    try {
      define();
    } catch (caught) {
      error = caught as typeof error;
    }
    expect(error.message).toContain(message);
    if (hint) expect(error.hint).toContain(hint);
  };
  failing(() => createWorkflow({ name: "o", ...options }, () => undefined));
  const workflow = createWorkflow("o", () => undefined);
  failing(() => workflow.config(options as WorkflowOptions));
});

test("one id in two files: an error where they do something else, which names both", () => {
  const registries = createAppRegistries();
  const define = (file: string, invoke: () => Promise<unknown>, condition = () => true) =>
    loadInto(registries, file, () =>
      createWorkflow("twice", () => {
        when("x", {}, condition).then(() => createStep("one", invoke)());
      }),
    );
  const hintOf = (run: () => unknown) => {
    try {
      run();
    } catch (error) {
      return (error as { hint?: string }).hint;
    }
    return undefined;
  };
  define("a.ts", async () => 1);
  define("copy-of-a.ts", async () => 1);
  const hint = "It is defined in copy-of-a.ts, and again, with other functions, in b.ts. Give one of them another id.";
  expect(hintOf(() => define("b.ts", async () => 2))).toBe(hint);
  expect(
    hintOf(() =>
      define(
        "b.ts",
        async () => 1,
        () => false,
      ),
    ),
  ).toBe(hint);
  expect(registries.get(workflowRegistryKind).get("twice")?.file).toBe("copy-of-a.ts");
});

test("outside of an app, the files come from the stack", () => {
  createWorkflow("standalone", () => void named("a"));
  let hint: string | undefined;
  try {
    createWorkflow("standalone", () => void named("b"));
  } catch (error) {
    ({ hint } = error as { hint?: string });
  }
  const place = `${__filename.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}:\\d+`;
  expect(hint).toMatch(
    new RegExp(`^It is defined in ${place}, and again, with other steps, in ${place}\\. Give one of them another id\\.$`),
  );
});

test("a handler of a hook is a function, and so is its compensation", () => {
  const { hooks } = createWorkflow("hooked", () => {
    const made = createHook("made", {});
    return new WorkflowResponse(undefined, { hooks: [made] });
  });
  expect(() => hooks.made("no" as never)).toThrow('Handler of hook "made" needs a function, and got string.');
  expect(() => hooks.made(() => 1, { undo: true } as never)).toThrow(
    'The compensation of hook "made" needs a function, and got {"undo":true}.',
  );
});
