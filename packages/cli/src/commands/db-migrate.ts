import type { CommandContext } from "../command-context";
import { count } from "../count";
import { runWithApp } from "../run-with-app";
import { printLinkChanges } from "./db-sync-links";

/** Brings the database to what the code expects: migrations of all modules, then the tables of links. */
export async function dbMigrate(context: CommandContext): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    const report = await app.migrate();
    if (context.json) return context.print(JSON.stringify(report));
    for (const name of report.migrations) context.print(`  ${name}`);
    context.print(
      report.migrations.length === 0 ? "The database has every migration." : `Ran ${count(report.migrations.length, "migration")}.`,
    );
    printLinkChanges(context, report.links);
  });
}
