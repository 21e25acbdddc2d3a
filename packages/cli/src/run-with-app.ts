import type { App, AppMode } from "@velella/framework";
import { createLogger } from "@velella/kernel";
import { openApp } from "./boot";
import type { CommandContext } from "./command-context";

/** Opens the app of the current folder, does something with it, and closes it, also after a failure. */
export async function runWithApp<T>(context: CommandContext, mode: AppMode, run: (app: App) => Promise<T>): Promise<T> {
  process.env.NODE_ENV ??= "development";
  const app = await openApp({
    directory: context.directory,
    mode,
    logger: createLogger(context.verbose ? { level: "debug" } : {}),
  });
  try {
    return await run(app);
  } finally {
    await app.stop();
  }
}
