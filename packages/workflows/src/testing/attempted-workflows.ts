import { createStep, createWorkflow } from "../index";
import type { StepExecutionContext, StepOptions } from "../index";
import { mortal } from "./doubtful-workflows";
import type { World } from "./world";

/** Takes down which attempt this is; the first one fails, the second one dies where the process does, the third one fails. */
async function attempted({ container, transactionId, attempt, action }: StepExecutionContext): Promise<void> {
  const world = container.resolve<World>("world");
  const calls = (await world.look(transactionId)).filter((line) => line.startsWith(action)).length;
  await world.put(transactionId, `${action} ${calls + 1}`, `attempt ${attempt}`);
  if (attempt === 2 && container.resolve(mortal, { allowUnregistered: true }) === true) {
    process.kill(process.pid, "SIGKILL");
    await new Promise(() => undefined);
  }
  if (attempt < 4) throw new Error(`no ${attempt}`);
}

const options = { maxRetries: 3, retryInterval: 0.02 };
const work = (name: string, more: StepOptions) =>
  createWorkflow({ name, store: true }, () => {
    createStep({ name: "work", ...options, ...more }, async (_: void, context) => {
      await attempted(context);
      return "worked";
    })();
  });

work("attempted-plain", {});
work("attempted-async", { async: true });

const undo = (name: string, more: StepOptions) =>
  createWorkflow({ name, store: true }, () => {
    createStep(
      { name: "undone", ...options, ...more },
      async () => 1,
      async (_, context) => {
        await attempted(context);
        if (more.compensateAsync)
          await context.container
            .resolve<{ setStepSuccess(answer: object): Promise<unknown> }>("workflows")
            .setStepSuccess({ idempotencyKey: context.idempotencyKey });
      },
    )();
    createStep("fails", async () => {
      throw new Error("as asked");
    })();
  });

undo("attempted-undo", {});
undo("attempted-undo-async", { compensateAsync: true });
