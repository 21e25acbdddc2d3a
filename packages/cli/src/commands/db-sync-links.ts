import type { MigrateReport } from "@velella/framework";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { runWithApp } from "../run-with-app";

/** Which changes are made; by default those that lose nothing. */
export interface SyncLinksOptions {
  /** Also makes the changes that may lose data. */
  executeAll?: boolean;
  /** Says the default, and so changes nothing. */
  executeSafe?: boolean;
}

/** Brings only the tables of links to what the code expects. */
export async function dbSyncLinks(context: CommandContext, options: SyncLinksOptions = {}): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    const links = await app.syncLinks(options.executeAll ? "all" : "safe");
    if (context.json) return context.print(JSON.stringify({ links }));
    printLinkChanges(context, links, "--execute-all");
  });
}

/**
 * Tells what became of the tables of links, a line each.
 *
 * @param flag What makes the command change also what it has left as it is.
 */
export function printLinkChanges(context: CommandContext, changes: MigrateReport["links"], flag: string): void {
  for (const { line, isLeft } of changes) context.print(`  ${line}${isLeft ? `; ${flag} does it` : ""}`);
  const changed = changes.filter(({ executed }) => executed).length;
  const left = changes.filter(({ isLeft }) => isLeft).length;
  if (changed > 0) context.print(`Changed ${count(changed, "link table")}.`);
  if (left > 0) context.print(`Left ${count(left, "link table")} as ${left === 1 ? "it is" : "they are"}.`);
  if (changed + left === 0) context.print("The tables of links are as they should be.");
}
