import type { App } from "@velella/framework";
import type { CommandContext } from "../command-context";
import { cliErrors } from "../errors";
import { runWithApp } from "../run-with-app";
import { count } from "./db-migrate";

/** Undoes the last migration of each module named. */
export async function dbRollback(context: CommandContext, modules: readonly string[]): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    requireModules(app, modules);
    const undone = await app.rollback(modules);
    if (context.json) return context.print(JSON.stringify({ undone }));
    for (const name of undone) context.print(`  ${name}`);
    context.print(undone.length === 0 ? "There was nothing to undo." : `Undid ${count(undone.length, "migration")}.`);
  });
}

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

function requireModules(app: App, names: readonly string[]): void {
  const unknown = names.filter((name) => !app.modules.includes(name));
  if (unknown.length > 0) throw cliErrors.unknownModules(unknown, app.modules.toSorted());
}
