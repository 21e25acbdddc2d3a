import type { CommandContext } from "../command-context";
import { count } from "../count";
import { runWithApp } from "../run-with-app";

/** Brings only the tables of links to what the code expects. */
export async function dbSyncLinks(context: CommandContext): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    const links = await app.syncLinks();
    if (context.json) return context.print(JSON.stringify({ links }));
    printLinkChanges(context, links);
  });
}

/** Tells what became of the tables of links, a line each. */
export function printLinkChanges(context: CommandContext, changes: readonly string[]): void {
  for (const change of changes) context.print(`  ${change}`);
  context.print(changes.length === 0 ? "The tables of links are as they should be." : `Changed ${count(changes.length, "link table")}.`);
}
