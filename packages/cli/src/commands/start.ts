import type { App, AppMode } from "@velella/framework";
import { createLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { openApp } from "../boot";
import type { CommandContext, ServeOptions } from "../command-context";
import { writeTypes } from "../write-types";

/** Serves the app until the process is told to end. */
export async function start(context: CommandContext, { host, port, timings }: ServeOptions, mode: AppMode = "start"): Promise<void> {
  process.env.NODE_ENV ??= mode === "develop" ? "development" : "production";
  const logger = createLogger(context.verbose ? { level: "debug" } : {});
  const ended = untilToldToEnd();
  const app = await openApp({ directory: context.directory, mode, logger });
  try {
    const { url } = await app.start({ host, port });
    logger.info(`Listening on ${url}`);
    if (mode === "develop") keepTypes(context.directory, app, logger);
    if (timings) logger.info(`Boot: ${app.timings.toString()}`);
    logger.info(`Stopping: ${await ended}`);
  } finally {
    await app.stop();
  }
}

/** Types help who writes the app; the app runs without them. */
function keepTypes(directory: string, app: App, logger: Logger): void {
  try {
    writeTypes(directory, app.declareTypes());
  } catch (error) {
    logger.warn(`The types of the app were not written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Why the process should end. A second Ctrl-C then ends it at once. */
function untilToldToEnd(): Promise<string> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const end = (reason: string) => {
      for (const signal of signals) {
        process.removeListener(signal, end);
        // Somebody has to listen on: where nobody does, the embedded database takes the signal for the end of everything.
        process.once(signal, () => process.exit(1));
      }
      process.removeListener("disconnect", onDisconnect);
      resolve(reason);
    };
    const onDisconnect = () => end("the process that supervises this one is gone");
    for (const signal of signals) process.on(signal, end);
    process.on("disconnect", onDisconnect);
    process.channel?.unref();
  });
}
