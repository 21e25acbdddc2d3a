import type { CommandContext } from "../command-context";
import { count } from "../count";
import { requireModules } from "../require-modules";
import { runWithApp } from "../run-with-app";

/** Writes a migration for each module named whose models differ from its last one. */
export async function dbGenerate(context: CommandContext, modules: readonly string[]): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    requireModules(app, modules);
    const files = await app.generate(modules);
    if (context.json) return context.print(JSON.stringify({ files }));
    for (const file of files) context.print(`  ${file}`);
    context.print(files.length === 0 ? "The models are as the last migrations left them." : `Wrote ${count(files.length, "migration")}.`);
  });
}
