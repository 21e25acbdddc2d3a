import { createAppRegistries } from "@velella/kernel";
import { createFileLoader } from "../loading/file-loader";
import { readConfig } from "./load-config";

/**
 * The URL of the database in the config of an app, without booting the app; undefined when it has an embedded one.
 *
 * @param directory Folder of the app.
 * @param resolveFallback Finds packages that Node does not find from there.
 * @throws What `readConfig` throws.
 */
export function configuredDatabase(directory: string, resolveFallback?: (request: string) => string | undefined): string | undefined {
  const loader = createFileLoader({ directory, registries: createAppRegistries(), resolveFallback });
  try {
    return readConfig({ directory, loader }).config.projectConfig.databaseUrl;
  } finally {
    loader.close();
  }
}
