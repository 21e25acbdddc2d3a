import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { CommandContext } from "../command-context";
import { count } from "../count";
import { cliErrors } from "../errors";
import { findSources } from "../lint/find-sources";
import { lintSource } from "../lint/lint-source";
import type { LintProblem } from "../lint/lint-source";

/** Finds mistakes in workflows that do not show when they run: in the files and folders given, or in `src`. */
export async function lint(context: CommandContext, paths: readonly string[]): Promise<void> {
  const files = findSources(context.directory, paths.length > 0 ? paths : ["src"]);
  const problems: (LintProblem & { file: string })[] = [];
  for (const path of files) {
    const file = relative(context.directory, path);
    for (const problem of await lintSource(path, readFileSync(path, "utf8"))) problems.push({ file, ...problem });
  }
  if (context.json) context.print(JSON.stringify(problems));
  else for (const { file, line, column, rule, message } of problems) context.print(`${file}:${line}:${column} ${message} (${rule})`);
  if (problems.length > 0) throw cliErrors.lintProblems(problems.length);
  if (!context.json) context.print(`Looked at ${count(files.length, "file")}: nothing is wrong.`);
}
