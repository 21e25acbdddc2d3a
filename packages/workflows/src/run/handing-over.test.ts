import { expect, test } from "vitest";
import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "../index";

// A direct run hands values over where nobody reads them again. Nothing of that may be seen.

type Box = { n: number; inner: { list: number[] } };
const box = (n: number): Box => ({ n, inner: { list: [n] } });

test("a step that changes what it was given changes nothing for others", async () => {
  const kept: Box[] = [];
  const undone: unknown[] = [];
  const make = createStep(
    "make",
    async (input: Box) => {
      kept.push(input);
      return new StepResponse(input);
    },
    async (data) => void undone.push(data),
  );
  const spoil = createStep("spoil", async (given: Box) => {
    given.n = -1;
    given.inner.list.push(-1);
    return given;
  });
  const fail = createStep("fail", async (given: Box) => {
    expect(given).toStrictEqual({ n: -1, inner: { list: [1, -1] } });
    for (const one of kept) one.inner.list.push(99);
    throw new Error("as asked");
  });
  const workflow = createWorkflow("hand-over", (input: Box) => {
    fail(spoil(make(input)));
  });
  const input = box(1);
  const { errors } = await workflow().run({ input, throwOnError: false });
  expect(errors[0]?.error.message).toBe("as asked");
  // What make keeps is what it was given, and what it returned is a copy of that.
  expect(undone).toStrictEqual([box(1)]);
  expect(input).toStrictEqual(box(1));
});

test("each attempt of a step gets what the first one got", async () => {
  const seen: string[] = [];
  const again = createStep({ name: "again", maxRetries: 2 }, async (given: Box) => {
    seen.push(JSON.stringify(given));
    given.inner.list.push(0);
    if (seen.length < 3) throw new Error("not yet");
    return given.n;
  });
  const workflow = createWorkflow("hand-over-retries", (input: Box) => new WorkflowResponse(again(input)));
  expect((await workflow().run({ input: box(2) })).result).toBe(2);
  expect(new Set(seen)).toStrictEqual(new Set([JSON.stringify(box(2))]));
});

test("a value that is read twice, or by a transform, stays as it was", async () => {
  const same = createStep("same", async (input: Box) => input);
  const spoil = createStep("spoil-list", async (list: number[]) => list.push(7));
  const workflow = createWorkflow("hand-over-shared", (input: Box) => {
    const one = same(input);
    spoil(one.inner.list);
    const sum = transform({ one }, ({ one: { n, inner } }) => n + inner.list.length);
    return new WorkflowResponse({ one, sum });
  });
  expect((await workflow().run({ input: box(3) })).result).toStrictEqual({ one: box(3), sum: 4 });
});

test("the output that is asked for afterwards is what the step returned", async () => {
  const first = createStep("first", async (input: Box) => input);
  const spoil = createStep("spoil-first", async (given: Box) => void given.inner.list.push(8));
  const workflow = createWorkflow("hand-over-result-from", (input: Box) => {
    spoil(first(input));
  });
  expect((await workflow().run({ input: box(4), resultFrom: "first" })).result).toStrictEqual(box(4));
});

test("the result is the caller's own", async () => {
  const outputs: Box[] = [];
  const last = createStep("last", async (input: Box) => {
    outputs.push(input);
    return input;
  });
  const workflow = createWorkflow("hand-over-result", (input: Box) => new WorkflowResponse(last(input)));
  const { result } = await workflow().run({ input: box(5) });
  outputs[0]?.inner.list.push(9);
  expect(result).toStrictEqual(box(5));
});

test("a run without a container gets an empty one, the same for all of it", async () => {
  const containers: unknown[] = [];
  const look = createStep("look", async (_: void, { container, idempotencyKey, emit }) => {
    containers.push(container);
    expect(container.resolve("nothing", { allowUnregistered: true })).toBeUndefined();
    expect(idempotencyKey).toMatch(/^hand-over-container:[0-9A-Z]{26}:look(-again)?:invoke$/);
    emit({ name: "looked", data: {} });
  });
  const workflow = createWorkflow("hand-over-container", () => {
    look();
    look().config({ name: "look-again" });
    return new WorkflowResponse(transform({}, (_values, { container, workflowId }) => (containers.push(container), workflowId)));
  });
  expect((await workflow().run()).result).toBe("hand-over-container");
  expect(containers).toHaveLength(3);
  expect(new Set(containers).size).toBe(1);
});
