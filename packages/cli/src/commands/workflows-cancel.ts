import { setTimeout as sleep } from "node:timers/promises";
import type { CommandContext } from "../command-context";
import { cliErrors } from "../errors";
import { findExecution, namedBy } from "../find-execution";
import type { ExecutionChoice } from "../find-execution";
import { runWithApp } from "../run-with-app";

// The app that is running notices within moments; steps that are under way may take longer.
const patience = 10_000;

/** Has a run undone, and waits a little for the app that is running to do it. */
export async function workflowsCancel(context: CommandContext, choice: ExecutionChoice): Promise<void> {
  await runWithApp(context, "develop", async (app) => {
    const found = await findExecution(app, choice);
    const { id, workflow_id, transaction_id } = found;
    const undone = app.engine.cancel(workflow_id, { ...namedBy(choice, found), throwOnError: false });
    const outcome = await Promise.race([undone, sleep(patience)]);
    // Nobody waits for it any longer, and it ends with the connection.
    if (!outcome) undone.catch(() => undefined);
    const state = outcome?.transaction.getState() ?? "compensating";
    const isUndone = state === "reverted";
    if (context.json) return context.print(JSON.stringify({ id, workflow_id, transaction_id, state }));
    const name = `Workflow "${workflow_id}", transaction "${transaction_id}",`;
    if (state === "failed") throw cliErrors.notUndone(workflow_id, transaction_id, outcome?.errors.map(({ error }) => error.message) ?? []);
    context.print(
      isUndone ? `${name} is undone.` : `${name} is to be undone: the app does it as soon as it runs and the steps under way have ended.`,
    );
  });
}
