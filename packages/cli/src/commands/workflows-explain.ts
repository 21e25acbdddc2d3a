import { describePlan, explainPlan, workflowRegistryKind } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { cliErrors } from "../errors";
import { placeOf } from "../place-of";
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
    const { file, options } = plan;
    context.print(
      context.json
        ? JSON.stringify({ id, file, options, nodes: describePlan(plan, registry) })
        : explainPlan(plan, registry, (name) => placeOf(name, context.directory)),
    );
  });
}
