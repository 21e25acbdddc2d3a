import { relative } from "node:path";
import { createLogger } from "@velella/kernel";
import type { CommandContext, ServeOptions } from "../command-context";
import { supervise } from "../supervisor";
import { watchFiles } from "../watch-files";

/** Name of the hidden command that the supervised process runs. */
export const serveCommand = "develop:serve";

/** Serves the app, and starts its process again whenever its code changes. Broken code waits for the next change. */
export async function develop(context: CommandContext, options: ServeOptions): Promise<void> {
  const logger = createLogger(context.verbose ? { level: "debug" } : {});
  const supervisor = supervise({
    command: [process.execPath, ...process.execArgv, process.argv[1] ?? "", serveCommand, ...argumentsOf(options, context.verbose)],
    directory: context.directory,
    // A terminal is where the parent is: the child's lines are for people as much as its own.
    env: { ...process.env, NODE_ENV: process.env.NODE_ENV ?? "development" },
    onExit: (code) => {
      if (code !== 0) logger.warn("The app has stopped. It starts again as soon as a file changes.");
    },
  });
  const watcher = watchFiles(context.directory, (files) => {
    logger.info(`Changed: ${files.map((file) => relative("", file)).join(", ")}`);
    void supervisor.restart();
  });
  await supervisor.restart();
  await new Promise<void>((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
  });
  watcher.close();
  await supervisor.stop();
}

function argumentsOf({ host, port, timings }: ServeOptions, verbose: boolean): string[] {
  return [
    ...(host === undefined ? [] : ["--host", host]),
    ...(port === undefined ? [] : ["--port", String(port)]),
    ...(timings ? ["--timings"] : []),
    ...(verbose ? ["--verbose"] : []),
  ];
}
