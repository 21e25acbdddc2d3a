import { asValue } from "@velella/kernel";
import { Module } from "../modules/module";
import type { LoaderOptions } from "../modules/module";
import type { ProviderConfig } from "../modules/module-provider";
import { loadProviders } from "../modules/providers";
import type { ProviderResolver } from "../modules/providers";
import type { LockProvider } from "./lock-provider";
import { LockingService } from "./locking-service";
import postgresProvider from "./postgres-provider";

/** Makes the providers that the options name, or the one of the database when they name none. */
async function loadLockProviders({ container, options }: LoaderOptions<{ providers?: ProviderConfig[] }>): Promise<void> {
  const configs = options?.providers?.length ? options.providers : [{ resolve: postgresProvider }];
  const providers = await loadProviders<LockProvider>(
    "locking",
    configs,
    container,
    container.resolve<ProviderResolver>("resolveProvider"),
  );
  container.register({ lockProviders: asValue(providers) });
}

/** The module behind `locking`. Its options: `{ providers: [{ resolve, id, is_default, options }] }`. */
export default Module("locking", { service: LockingService, loaders: [loadLockProviders] });
