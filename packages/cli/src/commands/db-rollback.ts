import type { CommandContext } from "../command-context";
import { count } from "../count";
import { requireModules } from "../require-modules";
import { runWithApp } from "../run-with-app";

/** Undoes the last migrations of each module named. */
export async function dbRollback(context: CommandContext, modules: readonly string[]): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    requireModules(app, modules);
    const undone = await app.rollback(modules);
    if (context.json) return context.print(JSON.stringify({ undone }));
    for (const name of undone) context.print(`  ${name}`);
    context.print(undone.length === 0 ? "There was nothing to undo." : `Undid ${count(undone.length, "migration")}.`);
  });
}
