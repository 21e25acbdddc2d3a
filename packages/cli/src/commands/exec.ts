import { existsSync } from "node:fs";
import { extname, resolve } from "node:path";
import type { CommandContext } from "../command-context";
import { cliErrors } from "../errors";
import { runWithApp } from "../run-with-app";

/** Runs a script of the app: its default export is called with the container and the further words of the command. */
export async function exec(context: CommandContext, path: string, args: readonly string[]): Promise<void> {
  const file = scriptFile(context.directory, path);
  await runWithApp(context, "exec", async (app) => {
    const exports = app.load(file);
    if (typeof exports.default !== "function") {
      throw cliErrors.scriptWithoutFunction(
        file,
        exports.default === undefined ? "none at all" : `a value of type ${typeof exports.default}`,
      );
    }
    await exports.default({ container: app.container, args: [...args] });
  });
}

function scriptFile(directory: string, path: string): string {
  const file = resolve(directory, path);
  const candidates = extname(file) ? [file] : [`${file}.ts`, `${file}.js`, `${file}/index.ts`];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (!found) throw cliErrors.scriptNotFound(file);
  return found;
}
