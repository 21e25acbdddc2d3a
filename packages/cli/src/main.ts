import { basename } from "node:path";
import { CommanderError } from "commander";
import type { OpenApp } from "./app";
import { createProgram } from "./program";
import type { ContextParts } from "./program";
import { reportError } from "./report-error";

export interface MainOptions {
  openApp: OpenApp;
  databaseUrl: ContextParts["databaseUrl"];
  /** Name in messages; that of the running program by default. */
  name?: string;
}

/**
 * Runs a command line.
 *
 * @param argv Words after the program's name.
 * @returns The exit code: 0, or 1 when something was wrong, which has then been printed.
 */
export async function run(argv: readonly string[], { openApp, databaseUrl, name = commandName() }: MainOptions): Promise<number> {
  const program = createProgram(name, {
    directory: process.cwd(),
    openApp,
    databaseUrl,
    print: (line) => process.stdout.write(`${line}\n`),
  });
  if (argv.includes("--no-color")) process.env.NO_COLOR = "1";
  try {
    await program.parseAsync(argv.length === 0 ? ["--help"] : argv, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode; // It has printed what is wrong, or the help asked for.
    reportError(error, { verbose: argv.includes("--verbose") });
    return 1;
  }
}

function commandName(): string {
  const name = basename(process.argv[1] ?? "velella", ".js");
  return name === "medusa" ? name : "velella";
}
