import type { CommandContext } from "../command-context";
import { findExecution, namedBy } from "../find-execution";
import type { ExecutionChoice } from "../find-execution";
import { runWithApp } from "../run-with-app";

/** Sets a run going again that was parked, or whose compensation failed. The app that is running takes it up. */
export async function workflowsRetry(context: CommandContext, choice: ExecutionChoice): Promise<void> {
  await runWithApp(context, "develop", async (app) => {
    const found = await findExecution(app, choice);
    const { id, workflow_id, transaction_id } = found;
    await app.engine.retryExecution(workflow_id, namedBy(choice, found));
    if (context.json) return context.print(JSON.stringify({ id, workflow_id, transaction_id, retried: true }));
    context.print(`Workflow "${workflow_id}", transaction "${transaction_id}", goes on: the app takes it up as soon as it runs.`);
  });
}
