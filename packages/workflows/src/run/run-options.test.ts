import { createContainer } from "@velella/kernel";
import { expect, test } from "vitest";
import { createPgConnection, createStep, createWorkflow, createWorkflowEngine, WorkflowResponse } from "../index";

// What nobody would hear of otherwise: an input that does not arrive, a handler that is never called.

const echo = createStep("echo", async (input: { id?: number }) => input);
const workflow = createWorkflow("optioned", (input: { id?: number }) => new WorkflowResponse(echo(input)));
const connection = createPgConnection({ url: "postgres://nowhere.invalid/none" });
const engine = createWorkflowEngine({ connection });

const refusals: [options: object, message: string, hint: string][] = [
  [{ inputs: { id: 1 } }, 'run() of workflow "optioned" has no option "inputs".', 'Did you mean "input"?'],
  [
    { id: 1 },
    'run() of workflow "optioned" has no option "id".',
    'What the workflow is given goes into "input": run({ input: { id: … } }).',
  ],
  [
    { input: {}, throwsOnError: false },
    'run() of workflow "optioned" has no option "throwsOnError".',
    'Did you mean "throwOnError" or "logOnError"?',
  ],
  [{ events: { onFinsh: () => 1 } }, 'Runs of workflow "optioned" have no event "onFinsh".', 'Did you mean "onFinish"?'],
  [
    { events: { onFinish: 5 } },
    'The handler of "onFinish" of workflow "optioned" is 5; expected a function.',
    "Write: run({ events: { onFinish: (event) => { … } } }).",
  ],
  [
    { events: () => 1 },
    'The "events" of a run of workflow "optioned" are a function; expected handlers by the names of events.',
    "Write: run({ events: { onFinish: (event) => { … } } }).",
  ],
];

test.each(refusals)("run(%o)", async (options, message, hint) => {
  for (const run of [
    () => workflow().run(options),
    () => workflow.run(options),
    () => engine.run(workflow, options),
    () => engine.run("optioned", options),
  ]) {
    await expect(run()).rejects.toMatchObject({ type: "invalid_argument", message, hint });
  }
});

test("every option of a run is one", async () => {
  const { result } = await workflow().run({
    input: { id: 1 },
    context: { requestId: "r" },
    throwOnError: true,
    logOnError: true,
    resultFrom: "echo",
    events: { onFinish: () => 1, onBegin: undefined },
    transactionId: "t",
    container: createContainer(),
  });
  expect(result).toEqual({ id: 1 });
  expect((await workflow().run({ input: {}, transactionId: undefined })).result).toEqual({});
});

test("a subscription needs a workflow and a subscriber", () => {
  const expected = { type: "invalid_argument", hint: 'Write: engine.subscribe({ workflowId: "id", subscriber: (event) => { … } }).' };
  expect(catching(() => engine.subscribe({ workflowId: "optioned" } as never))).toMatchObject({
    ...expected,
    message: "subscribe() has subscriber: undefined; expected a function.",
  });
  expect(catching(() => engine.subscribe({ subscriber: () => 1 } as never))).toMatchObject({
    ...expected,
    message: "subscribe() has workflowId: undefined; expected the id of a workflow.",
  });
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
