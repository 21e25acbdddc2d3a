import { basename } from "node:path";
import { CommanderError } from "commander";
import { createProgram } from "./program";
import { reportError } from "./report-error";

/**
 * Runs a command line.
 *
 * @param argv Words after the program's name.
 * @returns The exit code: 0, or 1 when something was wrong, which has then been printed.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const program = createProgram(commandName(), {
    directory: process.cwd(),
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
