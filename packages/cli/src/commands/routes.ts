import type { CommandContext } from "../command-context";
import { placeOf } from "../place-of";
import { runWithApp } from "../run-with-app";

/** Prints every route of the app, and the file behind it. */
export async function routes(context: CommandContext): Promise<void> {
  // Only an app that could serve reads its routes; this one is never started.
  await runWithApp(context, "develop", async (app) => {
    const lines = app.routes.toSorted((a, b) => a.path.localeCompare(b.path) || a.method.localeCompare(b.method));
    if (context.json) return context.print(JSON.stringify(lines));
    const width = Math.max(...lines.map(({ path }) => path.length), 0);
    for (const { method, path, file } of lines) {
      context.print(`${method.padEnd(7)} ${path.padEnd(width)}  ${placeOf(file, context.directory)}`.trimEnd());
    }
  });
}
