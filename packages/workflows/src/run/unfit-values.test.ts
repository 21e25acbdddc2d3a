import type { Container } from "@velella/kernel";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createHook, createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "../index";
import { containerFor, runners } from "../testing/runners";

// What JSON cannot hold, or would silently leave nothing of, is refused with its place, whichever runner runs the workflow.
describe.each(runners)("%s", (_name, create) => {
  const runner = create();
  let container: Container;
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  beforeAll(async () => {
    process.on("unhandledRejection", note);
    await runner.open();
  });
  afterAll(async () => {
    process.off("unhandledRejection", note);
    await runner.close();
  });
  const id = () => `wf-${Math.random().toString(36).slice(2)}`;

  beforeEach(() => {
    container = containerFor(runner);
  });
  // Node.js reports what nobody handles in the next turn.
  afterEach(async () => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(unhandled.splice(0)).toStrictEqual([]);
  });

  const circle: { list: unknown[] } = { list: [] };
  circle.list.push({ parent: circle });
  class Query {
    then(resolve: (value: unknown) => void) {
      resolve(1);
    }
  }
  const unfit: [what: string, make: () => unknown, path: string, found: RegExp, mend: RegExp][] = [
    ["a BigInt", () => ({ stock: [1, { n: 12n }] }), `"stock.1.n"`, /a BigInt\.$/, /String\(value\)/],
    ["a circle", () => circle, `"list.0.parent"`, /something that it stands in itself/, /the id/],
    ["a promise", () => ({ found: [Promise.resolve(1)] }), `"found.0"`, /a promise/, /Await it/],
    [
      "promises that fail",
      () => ({ a: Promise.reject(new Error("no")), b: Promise.reject(new Error("no")) }),
      `"a"`,
      /promise/,
      /Await it/,
    ],
    ["a thenable", () => ({ query: new Query() }), `"query"`, /a promise/, /Await it/],
    ["a plain thenable", () => ({ query: { then: () => 1, id: 1 } }), `"query"`, /a promise/, /Await it/],
    ["a toJSON that throws", () => ({ a: { toJSON: () => expect.fail("not now") } }), `"a"`, /cannot be read: not now/, /plain data/],
  ];

  const refused = async (run: Promise<unknown>, what: string, [, , path, found, mend]: (typeof unfit)[number]) => {
    const error = (await run.then(
      () => expect.fail("It was not refused."),
      (thrown: unknown) => thrown,
    )) as { message: string };
    expect(error).toMatchObject({ type: "invalid_data", reason: "workflow.not_json" });
    expect(error.message).toContain(`${what} cannot be copied as JSON: ${path} is `);
    expect(error.message).toMatch(found);
    expect(JSON.stringify(error)).toMatch(mend);
  };

  test.each(unfit)("%s in the output of a step", async (...kind) => {
    const name = id();
    const give = createStep("give", async () => new StepResponse(kind[1]()));
    const workflow = createWorkflow(name, () => new WorkflowResponse(give()));
    await refused(workflow(container).run(), `The output of step "give" of workflow "${name}"`, kind);
  });

  test.each(unfit)("%s in what is kept for the compensation", async (...kind) => {
    const name = id();
    const give = createStep(
      "give",
      async () => new StepResponse({}, kind[1]()),
      async () => undefined,
    );
    const workflow = createWorkflow(name, () => new WorkflowResponse(give()));
    await refused(workflow(container).run(), `What step "give" of workflow "${name}" keeps for its compensation`, kind);
  });

  test.each(unfit)("%s in what a step that fails for good keeps for its compensation", async (...kind) => {
    const name = id();
    const called: unknown[] = [];
    const give = createStep(
      { name: "give", maxRetries: 2 },
      async () => {
        called.push("do");
        StepResponse.permanentFailure("too bad", kind[1]());
      },
      async (data) => void called.push(["undo", data]),
    );
    const workflow = createWorkflow(name, () => void give());
    const { errors, thrownError } = await workflow(container).run({ throwOnError: false });
    const what = `What step "give" of workflow "${name}" keeps for its compensation, failing with "too bad",`;
    await refused(Promise.reject(thrownError), what, kind);
    expect(errors).toMatchObject([{ action: "give", step: "give", attempt: 1 }]);
    expect(called).toStrictEqual(["do", ["undo", undefined]]);
    const plainly = createWorkflow(id(), () => void give().config({ maxRetries: 0 }));
    expect((await plainly(container).run({ throwOnError: false })).errors).toMatchObject([{ action: "give", step: "give", attempt: 1 }]);
  });

  test.each(unfit)("%s in what a transform returns", async (...kind) => {
    const name = id();
    const see = createStep("see", async (value: unknown) => value);
    const workflow = createWorkflow(name, (input: unknown) => new WorkflowResponse(see(transform({ input }, () => kind[1]()))));
    await refused(workflow(container).run(), `What "transform>see" of workflow "${name}" returns`, kind);
  });

  test.each(unfit)("%s in what a hook's handler returns", async (...kind) => {
    const name = id();
    const see = createStep("see", async () => undefined);
    const workflow = createWorkflow(name, () => {
      see();
      const hook = createHook("checked", {});
      return new WorkflowResponse({}, { hooks: [hook] });
    });
    workflow.hooks.checked(async () => new StepResponse(kind[1]()));
    await refused(workflow(container).run(), `The output of step "checked" of workflow "${name}"`, kind);
  });

  test.each(unfit)("%s in the input of a run, or its context", async (...kind) => {
    const name = id();
    const see = createStep("see", async (value: unknown) => value);
    const workflow = createWorkflow(name, (input: unknown) => new WorkflowResponse(see(input)));
    await refused(workflow(container).run({ input: kind[1]() }), `The input of workflow "${name}"`, kind);
    const inContext = [...kind] as typeof kind;
    inContext[2] = `"extra.${kind[2].slice(1)}`;
    await refused(workflow(container).run({ context: { extra: kind[1]() } }), `The context of a run of workflow "${name}"`, inContext);
  });

  test("a promise that is the whole of it", async () => {
    const give = createStep("give", async () => new StepResponse(Promise.reject(new Error("not there"))));
    const workflow = createWorkflow(id(), () => new WorkflowResponse(give()));
    await expect(workflow(container).run()).rejects.toMatchObject({ message: expect.stringContaining("JSON: it is a promise.") });
  });

  test("the context of a run reaches the steps as a JSON copy; what belongs to this process does as it is", async () => {
    const transactionManager = { self: undefined as unknown, query: () => undefined };
    transactionManager.self = transactionManager;
    const seen: unknown[] = [];
    const see = createStep("see", async (_: void, { context }) => void seen.push(context.at, context.transactionManager));
    const workflow = createWorkflow(id(), () => void see());
    await workflow(container).run({ context: { at: new Date(0), transactionManager } });
    expect(seen).toStrictEqual(["1970-01-01T00:00:00.000Z", transactionManager]);
  });
});
