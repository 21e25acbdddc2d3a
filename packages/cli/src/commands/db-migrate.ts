import type { CommandContext } from "../command-context";
import { runWithApp } from "../run-with-app";

/** Brings the database to what the code expects: migrations of all modules, then the tables of links. */
export async function dbMigrate(context: CommandContext): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    const report = await app.migrate();
    if (context.json) return context.print(JSON.stringify(report));
    for (const name of report.migrations) context.print(`  ${name}`);
    context.print(
      report.migrations.length === 0 ? "The database has every migration." : `Ran ${count(report.migrations.length, "migration")}.`,
    );
    printLinks(context, report.links);
  });
}

/** Brings only the tables of links to what the code expects. */
export async function dbSyncLinks(context: CommandContext): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    const links = await app.syncLinks();
    if (context.json) return context.print(JSON.stringify({ links }));
    printLinks(context, links);
  });
}

function printLinks(context: CommandContext, changes: readonly string[]): void {
  for (const change of changes) context.print(`  ${change}`);
  context.print(changes.length === 0 ? "The tables of links are as they should be." : `Changed ${count(changes.length, "link table")}.`);
}

/** `1 migration`, `2 migrations`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
