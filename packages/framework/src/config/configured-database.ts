import { createFileLoader } from "../loading/file-loader";
import { connectionSettings } from "./database-settings";
import { readConfig } from "./load-config";
import type { ConnectionOptions } from "@velella/data";
import { createAppRegistries } from "@velella/kernel";

/**
 * How the database in the config of an app is connected to, without booting the app; undefined when it has an embedded one.
 *
 * @param directory Folder of the app.
 * @param resolveFallback Finds packages that Node does not find from there.
 * @throws What `readConfig` throws.
 */
export function configuredDatabase(
  directory: string,
  resolveFallback?: (request: string) => string | undefined,
): (ConnectionOptions & { url: string }) | undefined {
  const loader = createFileLoader({ directory, registries: createAppRegistries(), resolveFallback });
  try {
    const { projectConfig } = readConfig({ directory, loader }).config;
    const { databaseUrl } = projectConfig;
    return databaseUrl === undefined ? undefined : { ...connectionSettings(projectConfig), url: databaseUrl };
  } finally {
    loader.close();
  }
}
