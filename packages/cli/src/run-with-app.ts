import { createLogger } from "@velella/kernel";
import type { App, AppMode } from "./app";
import type { CommandContext } from "./command-context";

/** Opens the app of the current folder, does something with it, and closes it, also after a failure. */
export async function runWithApp<T>(context: CommandContext, mode: AppMode, run: (app: App) => Promise<T>): Promise<T> {
  process.env.NODE_ENV ??= "development";
  const app = await context.openApp({
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
