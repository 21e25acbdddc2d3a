import { createRequire } from "node:module";
import { join } from "node:path";
import type { ProviderResolver } from "@velella/framework";
import type { Container } from "@velella/kernel";

/**
 * Finds the code of providers: our own by their names, others as the app does.
 *
 * @param builtIn By name, how to load it.
 */
export function providerResolver(container: Container, builtIn: Readonly<Record<string, () => unknown>>): ProviderResolver {
  const ofApp = container.resolve<ProviderResolver | undefined>("resolveProvider", { allowUnregistered: true });
  const fromDirectory = () => createRequire(join(process.cwd(), "package.json"));
  return (path) => builtIn[path]?.() ?? (ofApp ? ofApp(path) : (fromDirectory()(path) as unknown));
}
