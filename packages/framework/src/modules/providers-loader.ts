import { asValue } from "@velella/kernel";
import { moduleErrors } from "./errors";
import type { LoaderOptions } from "./module";
import type { ModuleProviderExports, ProviderConfig } from "./module-provider";
import { loadProviders } from "./providers";
import type { LoadedProvider, ProviderResolver } from "./providers";

/**
 * The loader of a module whose work is done by providers: makes those that its options name, or the one that comes with it
 * where they name none.
 *
 * @param registration Under which name the module's service finds them, as a list of `LoadedProvider`.
 * @throws `module.bad_providers`, `module.several_defaults`, `module.same_provider`, and as `loadProviders` does.
 */
export function providersLoader(module: string, registration: string, fallback: ModuleProviderExports) {
  return async ({ container, options }: LoaderOptions<{ providers?: ProviderConfig[] }>): Promise<void> => {
    const given: unknown = options?.providers ?? [];
    if (!Array.isArray(given)) throw moduleErrors.badProviders(module, typeof given === "object" ? "an object" : `a ${typeof given}`);
    const configs = given.length ? (given as ProviderConfig[]) : [{ resolve: fallback }];
    const providers = await loadProviders(module, configs, container, container.resolve<ProviderResolver>("resolveProvider"));
    checkChoice(module, providers);
    container.register({ [registration]: asValue(providers) });
  };
}

/** One of them is asked unless told, and each can be told. */
function checkChoice(module: string, providers: readonly LoadedProvider[]): void {
  const defaults = providers.filter(({ isDefault }) => isDefault).map(({ id }) => id);
  if (defaults.length > 1) throw moduleErrors.severalDefaults(module, defaults);
  const twice = providers.find(({ id }, at) => providers.findIndex((other) => other.id === id) < at);
  if (twice) throw moduleErrors.sameProvider(module, twice.id);
}
