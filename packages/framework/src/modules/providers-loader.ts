import { asValue } from "@velella/kernel";
import type { LoaderOptions } from "./module";
import type { ModuleProviderExports, ProviderConfig } from "./module-provider";
import { loadProviders } from "./providers";
import type { ProviderResolver } from "./providers";

/**
 * The loader of a module whose work is done by providers: makes those that its options name, or the one that comes with it
 * where they name none.
 *
 * @param registration Under which name the module's service finds them, as a list of `LoadedProvider`.
 */
export function providersLoader(module: string, registration: string, fallback: ModuleProviderExports) {
  return async ({ container, options }: LoaderOptions<{ providers?: ProviderConfig[] }>): Promise<void> => {
    const configs = options?.providers?.length ? options.providers : [{ resolve: fallback }];
    const providers = await loadProviders(module, configs, container, container.resolve<ProviderResolver>("resolveProvider"));
    container.register({ [registration]: asValue(providers) });
  };
}
