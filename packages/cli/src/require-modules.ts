import type { App } from "@velella/framework";
import { cliErrors } from "./errors";

/**
 * Refuses names that no module of an app has.
 *
 * @throws `cli.unknown_modules`
 */
export function requireModules(app: App, names: readonly string[]): void {
  const unknown = names.filter((name) => !app.modules.includes(name));
  if (unknown.length > 0) throw cliErrors.unknownModules(unknown, app.modules.toSorted());
}
