import type { AppMode } from "@velella/framework";
import { createLogger } from "@velella/kernel";
import { openApp } from "../boot";
import type { CommandContext, ServeOptions } from "../command-context";

/** Serves the app until the process is told to end. */
export async function start(context: CommandContext, { host, port, timings }: ServeOptions, mode: AppMode = "start"): Promise<void> {
  process.env.NODE_ENV ??= mode === "develop" ? "development" : "production";
  const logger = createLogger(context.verbose ? { level: "debug" } : {});
  const ended = untilToldToEnd();
  const app = await openApp({ directory: context.directory, mode, logger });
  try {
    const { url } = await app.start({ host, port });
    logger.info(`Listening on ${url}`);
    if (timings) logger.info(`Boot: ${app.timings.toString()}`);
    logger.info(`Stopping: ${await ended}`);
  } finally {
    await app.stop();
  }
}

/** Why the process should end. A second Ctrl-C then ends it at once, since nothing listens for it any more. */
function untilToldToEnd(): Promise<string> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const end = (reason: string) => {
      for (const signal of signals) process.removeListener(signal, end);
      process.removeListener("disconnect", onDisconnect);
      resolve(reason);
    };
    const onDisconnect = () => end("the process that supervises this one is gone");
    for (const signal of signals) process.on(signal, end);
    process.on("disconnect", onDisconnect);
    process.channel?.unref();
  });
}
