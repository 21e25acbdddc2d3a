import { randomUUID } from "node:crypto";
import { createHook, createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";
import type { StepExecutionContext, Subscriber } from "../index";
import { countStatement } from "./world";
import type { Sighting, World } from "./world";

/** What a step says of itself. */
const sighting = ({ workflowId, stepName, action, idempotencyKey }: StepExecutionContext): Sighting => ({
  step: `${workflowId}/${stepName}/${action}`,
  key: idempotencyKey,
});
const worldOf = ({ container }: StepExecutionContext): World => container.resolve<World>("world");

const put = createStep(
  "put",
  async ({ thing, value }: { thing: string; value: string }, context) => {
    await worldOf(context).put(context.transactionId, thing, value, sighting(context));
    return new StepResponse(value, thing);
  },
  async (thing, context) => {
    if (thing) await worldOf(context).remove(context.transactionId, thing, sighting(context));
  },
);

async function countBy(n: number, thing: string, context: StepExecutionContext, run = context.transactionId): Promise<void> {
  const { step, key } = sighting(context);
  await context.context.transactionManager?.execute(countStatement, [run, thing, n, step, key]);
}

const counting = (name: string, transactional: true | "shared") =>
  createStep(
    { name, transactional },
    async (thing: string, context) => {
      await countBy(1, thing, context);
      return new StepResponse(thing, thing);
    },
    async (thing, context) => {
      if (thing) await countBy(-1, thing, context);
    },
  );
const count = counting("count", true);
const countTogether = counting("count-together", "shared");

const read = createStep({ name: "read", pure: true }, async (value: string) => value.length);
const tell = createStep({ name: "tell", pure: true, emits: true }, async (value: string, { emit, transactionId }) =>
  emit({ name: "crash.done", data: { value, run: transactionId } }),
);
const fail = createStep("fail", async (): Promise<void> => {
  throw new Error("as asked");
});

const inner = createWorkflow("crash-inner", (input: { value: string }) => {
  const length = read(input.value);
  put({ thing: "inner", value: transform({ length }, ({ length: n }) => `${n}`) });
  count("inner").config({ name: "count-inner" });
  return new WorkflowResponse(length);
});

/** Decides differently in the process that starts a run than in those that take it up: what was decided must stay. */
const isOdd = () => process.env.CRASH_ODD === "yes";

/** One of everything; undone when asked to fail. */
export const crashWorkflow = createWorkflow("crash", (input: { fail: boolean }) => {
  // Decided once: the two that use it must agree, whoever runs them.
  const token = transform({}, () => randomUUID());
  put({ thing: "first", value: token });
  count("counted");
  parallelize(
    put({ thing: "left", value: "l" }).config({ name: "put-left" }),
    put({ thing: "right", value: "r" }).config({ name: "put-right" }),
    count("side").config({ name: "count-side" }),
  );
  const together = countTogether("together");
  countTogether(transform({ together }, ({ together: thing }) => `${thing}-too`)).config({ name: "count-too" });
  const length = inner.runAsStep({ input: { value: "four" } });
  const odd = when("odd", {}, isOdd).then(() => put({ thing: "odd", value: "yes" }).config({ name: "put-odd" }));
  const done = createHook("done", { length });
  tell(token);
  const last = transform({ token, odd }, ({ token: value, odd: decided }) => `${value}, odd: ${decided ?? "no"}`);
  put({ thing: "last", value: last }).config({ name: "put-last" });
  when("fail", { input }, ({ input: { fail: failing } }) => failing).then(() => fail());
  return new WorkflowResponse({ token, length }, { hooks: [done] });
});

crashWorkflow.hooks.done(
  async ({ length }, context) => {
    await worldOf(context).put(context.transactionId, "hook", `${length}`, sighting(context));
    return new StepResponse(length, "hook");
  },
  async (thing, context) => {
    if (thing) await worldOf(context).remove(context.transactionId, thing, sighting(context));
  },
);

const countIn = createStep(
  { name: "count-in", transactional: "shared" },
  async ({ run, thing }: { run: string; thing: string }, context) => {
    await countBy(1, thing, context, run);
    return thing;
  },
);
const tellIn = createStep({ name: "tell-in", pure: true, emits: true }, async (run: string, { emit }) =>
  emit({ name: "crash.done", data: { run } }),
);

/** Counts three things, and tells of it. */
const countThree = createWorkflow("crash-three", ({ run }: { run: string }) => {
  const first = countIn({ run, thing: "one" });
  when("two", { first }, ({ first: thing }) => thing === "one").then(() => countIn({ run, thing: "two" }).config({ name: "count-two" }));
  countIn(transform({ run, first }, (given) => ({ run: given.run, thing: `after ${given.first}` }))).config({ name: "count-after" });
  tellIn(run);
  return new WorkflowResponse(first);
});

/** All that it does is one transaction. */
export const wholeWorkflow = createWorkflow(
  "crash-whole",
  (input: { run: string }) => new WorkflowResponse(countThree.runAsStep({ input })),
);

/** It ends with the transaction of its last steps. */
export const closingWorkflow = createWorkflow("crash-closing", (input: { run: string }) => {
  put({ thing: "first", value: "there" });
  return new WorkflowResponse(countThree.runAsStep({ input }));
});

/** Takes down which events of the crash workflow are delivered. */
export const crashSubscriber = (world: World): Subscriber => ({
  id: "crash",
  events: ["crash.done"],
  handler: ({ id, data }) => world.hear((data as { run: string }).run, id),
});
