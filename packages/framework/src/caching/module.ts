import { asValue } from "@velella/kernel";
import { Module } from "../modules/module";
import type { LoaderOptions } from "../modules/module";
import type { ProviderConfig } from "../modules/module-provider";
import { loadProviders } from "../modules/providers";
import type { ProviderResolver } from "../modules/providers";
import type { CachingProvider } from "./caching-provider";
import { CachingService } from "./caching-service";
import memoryProvider from "./memory-provider";

/** Makes the providers that the options name, or the one within the process when they name none. */
async function loadCachingProviders({ container, options }: LoaderOptions<{ providers?: ProviderConfig[] }>): Promise<void> {
  const configs = options?.providers?.length ? options.providers : [{ resolve: memoryProvider }];
  const providers = await loadProviders<CachingProvider>(
    "caching",
    configs,
    container,
    container.resolve<ProviderResolver>("resolveProvider"),
  );
  container.register({ cachingProviders: asValue(providers) });
}

/** The module behind `caching`. Its options: `{ providers: [{ resolve, id, is_default, options }] }`. */
export default Module("caching", { service: CachingService, loaders: [loadCachingProviders] });
