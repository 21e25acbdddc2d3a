import { workflowRegistryKind } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { describePlan, planText } from "../describe-plan";
import { cliErrors } from "../errors";
import { runWithApp } from "../run-with-app";

/** Prints what a workflow does, as its code says it. */
export async function workflowsExplain(context: CommandContext, id: string): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    const registry = app.registries.get(workflowRegistryKind);
    const plan = registry.get(id);
    if (!plan)
      throw cliErrors.unknownWorkflow(
        id,
        registry.list().map((known) => known.id),
      );
    const lines = describePlan(plan, registry);
    if (context.json) return context.print(JSON.stringify({ id: plan.id, file: plan.file, options: plan.options, nodes: lines }));
    for (const line of planText(plan, lines)) context.print(line);
  });
}
