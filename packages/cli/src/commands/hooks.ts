import { workflowRegistryKind } from "@velella/workflows";
import type { CommandContext } from "../command-context";
import { cliErrors } from "../errors";
import { placeOf } from "../place-of";
import { runWithApp } from "../run-with-app";
import { tableLines } from "../table";

/**
 * Which hooks are listed; all of them by default.
 *
 * @throws `cli.unknown_workflow` from {@link hooks}, for a workflow that the app does not have
 */
export interface HooksOptions {
  /** Only the hooks of this workflow. */
  workflow?: string | undefined;
  /** Only hooks that someone handles. */
  handled?: boolean;
}

/** Lists the hooks of workflows, with the files that handle each, in the order in which these run. */
export async function hooks(context: CommandContext, { workflow, handled = false }: HooksOptions): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    const registry = app.registries.get(workflowRegistryKind);
    const plans = registry.list().toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (workflow !== undefined && !registry.get(workflow))
      throw cliErrors.unknownWorkflow(
        workflow,
        plans.map(({ id }) => id),
      );
    const listed = plans
      .filter(({ id }) => workflow === undefined || id === workflow)
      .flatMap(({ id, hooks: names }) =>
        names.map((hook) => ({
          workflow: id,
          hook,
          handlers: registry.handlersOf(id, hook).map(({ file, definedAt }) => file || definedAt),
        })),
      )
      .filter(({ handlers }) => !handled || handlers.length > 0);
    if (context.json) return context.print(JSON.stringify(listed));
    if (listed.length === 0) return context.print(handled ? "Nobody handles a hook." : "No workflow has a hook.");
    const rows = listed.map(({ workflow: id, hook, handlers }) => [
      id,
      hook,
      handlers.map((file) => placeOf(file, context.directory)).join(", ") || "-",
    ]);
    for (const line of tableLines([["WORKFLOW", "HOOK", "HANDLED BY"], ...rows])) context.print(line);
  });
}
