import type { CommandContext } from "../command-context";
import { count } from "../count";
import { runWithApp } from "../run-with-app";
import { printLinkChanges } from "./db-sync-links";

/** What becomes of the tables of links along with migrations: by default the changes that lose nothing. */
export interface LinkOptions {
  /** Leaves the tables of links alone. The command line refuses it together with the others. */
  skipLinks?: boolean;
  /** Also makes the changes that may lose data. */
  executeAllLinks?: boolean;
  /** Says the default, and so changes nothing. */
  executeSafeLinks?: boolean;
}

/** Brings the database to what the code expects: migrations of all modules, then the tables of links. */
export async function dbMigrate(context: CommandContext, options: LinkOptions = {}): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    const report = await app.migrate({ links: options.skipLinks ? "skip" : options.executeAllLinks ? "all" : "safe" });
    if (context.json) return context.print(JSON.stringify(report));
    for (const name of report.migrations) context.print(`  ${name}`);
    context.print(
      report.migrations.length === 0 ? "The database has every migration." : `Ran ${count(report.migrations.length, "migration")}.`,
    );
    if (options.skipLinks) return context.print("The tables of links were left out.");
    printLinkChanges(context, report.links, "--execute-all-links");
  });
}
