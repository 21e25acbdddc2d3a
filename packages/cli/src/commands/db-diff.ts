import type { App } from "@velella/framework";
import type { CommandContext } from "../command-context";
import { cliErrors } from "../errors";
import { requireModules } from "../require-modules";
import { runWithApp } from "../run-with-app";

type Report = Awaited<ReturnType<App["diff"]>>;

/**
 * Tells where the tables of modules and links are not as the code has them.
 *
 * @throws `cli.tables_differ` where something differs, after it was printed.
 */
export async function dbDiff(context: CommandContext, modules: readonly string[]): Promise<void> {
  await runWithApp(context, "migrate", async (app) => {
    requireModules(app, modules);
    const report = await app.diff(modules);
    const differing = report.modules.length + report.links.length;
    if (context.json) context.print(JSON.stringify(report));
    else if (differing > 0) printReport(context, report);
    if (differing > 0)
      throw cliErrors.tablesDiffer([...report.modules.map(({ module }) => module), ...(report.links.length > 0 ? ["the links"] : [])]);
    if (!context.json) context.print("The tables are as the models have them.");
  });
}

function printReport(context: CommandContext, { modules, links }: Report): void {
  context.print("- is in the database only, + in the models only");
  for (const { module, drift } of modules) {
    context.print(module);
    for (const { table, kind, line, side } of drift) {
      context.print(`  ${side === "models" ? "+" : "-"} ${kind === "table" ? `table ${table}` : `${table}: ${kind} ${line}`}`);
    }
  }
  if (links.length > 0) context.print("links");
  for (const line of links) context.print(`  + ${line}`);
}
