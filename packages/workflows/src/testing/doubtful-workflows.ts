import { createHook, createStep, createWorkflow, parallelize, StepResponse, WorkflowResponse } from "../index";
import type { StepExecutionContext, StepOptions } from "../index";
import { countStatement } from "./world";
import type { World } from "./world";

/** What the container of a process has registered when steps of these workflows kill it. */
export const mortal = "mortal";

const worldOf = ({ container }: StepExecutionContext): World => container.resolve<World>("world");
const isMortal = ({ container }: StepExecutionContext): boolean => container.resolve(mortal, { allowUnregistered: true }) === true;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function die(): Promise<void> {
  process.kill(process.pid, "SIGKILL");
  await pause(10_000);
}

type Work = (context: StepExecutionContext) => Promise<void>;
const nothing: Work = async () => undefined;

/** Has its effect, and then does something else; what it is undone with can be seen. */
const effect = (name: string, work: Work = nothing, beforeUndo: Work = nothing, options: StepOptions = {}) =>
  createStep(
    { name, ...options },
    async (_: unknown, context) => {
      if (options.transactional) {
        const { transactionManager } = context.context;
        await transactionManager?.execute(countStatement, [context.transactionId, name, 1, name, context.idempotencyKey]);
      } else await worldOf(context).put(context.transactionId, name, "there");
      await work(context);
      return new StepResponse(name, `what ${name} left`);
    },
    async (data, context) => {
      await beforeUndo(context);
      await worldOf(context).put(context.transactionId, `undo ${name}`, data ?? "without data");
    },
  )(1);

const dieIfMortal: Work = async (context) => {
  if (isMortal(context)) await die();
};

/** Dies as soon as what stands beside it has had its effect. */
const dieAfter =
  (line: string): Work =>
  async (context) => {
    while (!(await worldOf(context).look(context.transactionId)).includes(line)) await pause(5);
    await dieIfMortal(context);
  };

createWorkflow({ name: "doubtful-plain", store: true }, () => {
  effect("first");
  effect("charge", dieIfMortal);
  effect("after");
});

createWorkflow({ name: "doubtful-timed", store: true, timeout: 1 }, () => {
  effect("first");
  effect("charge", dieIfMortal);
  effect("after");
});

createWorkflow({ name: "doubtful-parallel", store: true }, () => {
  effect("first");
  parallelize(
    effect("one", () => pause(10_000).then(() => undefined)),
    effect("two", dieAfter("one=there")),
  );
  effect("after");
});

const hooked = createWorkflow({ name: "doubtful-hook", store: true }, () => {
  effect("first");
  const made = createHook("made", {});
  return new WorkflowResponse(undefined, { hooks: [made] });
});
hooked.hooks.made(
  async (_payload, context) => {
    await worldOf(context).put(context.transactionId, "handler", "there");
    await dieIfMortal(context);
  },
  (data, context) => worldOf(context).put(context.transactionId, "undo handler", data === undefined ? "without data" : "with data"),
);

createWorkflow({ name: "certain-transactional", store: true }, () => {
  effect("first");
  effect("charge", dieIfMortal, nothing, { transactional: true });
  effect("after");
});

const timedInner = createWorkflow({ name: "timed-inner", timeout: 1 }, () => {
  effect("charge", dieIfMortal);
  effect("after");
});
createWorkflow({ name: "doubtful-nested", store: true }, () => {
  effect("first");
  timedInner.runAsStep({ input: undefined });
});

createWorkflow({ name: "doubtful-undone", store: true }, () => {
  effect("first");
  effect("charge", dieIfMortal, dieIfMortal);
});

const inner = createWorkflow("certain-inner", () => {
  const untilCancelled: Work = async (context) => {
    await dieIfMortal(context);
    await worldOf(context).put(context.transactionId, "again", "at work");
    if (!context.signal.aborted) await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
  };
  effect("charge", untilCancelled);
  return new WorkflowResponse(1);
});

createWorkflow({ name: "certain-new", store: true }, () => {
  effect("first");
  parallelize(inner.runAsStep({ input: {} }), effect("beside"));
  effect("after");
});
