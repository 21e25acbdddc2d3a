import { relative } from "node:path";
import type { App } from "@velella/framework";
import { askWhetherRenamed, parseRenames } from "../rename-answers";
import type { RenameAnswers } from "../rename-answers";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { cliErrors } from "../errors";
import { requireModules } from "../require-modules";
import { runWithApp } from "../run-with-app";

/** What is written, and what a person knows of renames; without answers {@link dbGenerate} asks, where there is a terminal. */
export interface GenerateOptions {
  /** Also write statements that lose data. */
  allowDestructive?: boolean;
  /** `table.old=new` for each column, `old=new` for each table that was renamed. */
  renamed?: readonly string[];
  /** The same for those that were not. */
  notRenamed?: readonly string[];
}

type Report = Awaited<ReturnType<App["generate"]>>[number];

/** Writes a migration for each module named whose models differ from its last one. */
export async function dbGenerate(context: CommandContext, modules: readonly string[], options: GenerateOptions): Promise<void> {
  const answers = [...parseRenames(options.renamed ?? [], true), ...parseRenames(options.notRenamed ?? [], false)];
  await runWithApp(context, "migrate", async (app) => {
    requireModules(app, modules);
    const reports = await generateAnswered(app, modules, options.allowDestructive ?? false, answers);
    if (context.json) return context.print(JSON.stringify(reports));
    for (const report of reports) printReport(context, report, options.allowDestructive ?? false);
    const written = reports.filter(({ status }) => status === "written").length;
    context.print(written === 0 ? "The models are as the last migrations left them." : `Wrote ${count(written, "migration")}.`);
  });
}

/** Asks a person what only a person knows, until nothing is left to ask. */
async function generateAnswered(
  app: App,
  modules: readonly string[],
  allowDestructive: boolean,
  answers: RenameAnswers,
): Promise<readonly Report[]> {
  const reports = await app.generate(modules, { allowDestructive, answers });
  const questions = reports.flatMap((report) => report.questions);
  if (questions.length === 0) return reports;
  if (!process.stdin.isTTY || !process.stdout.isTTY) throw cliErrors.mayBeRenamed(questions);
  const done = reports.filter(({ status }) => status !== "questions");
  const open = reports.filter(({ status }) => status === "questions").map(({ module }) => module);
  return [...done, ...(await generateAnswered(app, open, allowDestructive, [...answers, ...(await askWhetherRenamed(questions))]))];
}

function printReport(context: CommandContext, { file, destructive }: Report, allowed: boolean): void {
  if (file !== undefined) context.print(`  ${relative(context.directory, file)}`);
  for (const loss of destructive) context.print(`  ${allowed ? "loses data" : "left out, since it loses data"}: ${loss}`);
  if (destructive.length > 0 && !allowed) context.print("  Run it with --allow-destructive to write that, too.");
}
