import type { Container } from "@velella/kernel";
import { moduleErrors } from "./errors";
import type { ModuleProviderExports, ProviderConfig } from "./module-provider";

/** A provider that is ready to use. */
export interface LoadedProvider<Service extends object = object> {
  /** `id` of the entry in the config. */
  id: string;
  /** `static identifier` of the class. */
  identifier: string;
  isDefault: boolean;
  options: Record<string, unknown>;
  service: Service;
}

/** Loads the file or package that a provider entry names. */
export type ProviderResolver = (path: string) => unknown;

/**
 * Makes the providers in a module's options.
 *
 * @throws `module.no_provider_file` when an entry names what is not there; `module.unknown_provider` when that is no provider; `module.provider_options` when a provider refuses its options.
 */
export async function loadProviders<Service extends object>(
  module: string,
  configs: readonly ProviderConfig[],
  container: Container,
  resolve: ProviderResolver,
): Promise<LoadedProvider<Service>[]> {
  const loaded: LoadedProvider<Service>[] = [];
  for (const config of configs) {
    const definition = providerOf(module, config, resolve);
    const options = config.options ?? {};
    for (const loader of definition.loaders ?? []) await loader({ container, options });
    for (const Provider of definition.services) {
      validateOptions(module, Provider, options);
      const identifier = Provider.identifier ?? Provider.name;
      loaded.push({
        id: config.id ?? identifier,
        identifier,
        isDefault: config.is_default ?? false,
        options,
        service: new Provider(container.cradle, options) as Service,
      });
    }
  }
  return loaded;
}

function providerOf(module: string, config: ProviderConfig, resolve: ProviderResolver): ModuleProviderExports {
  const value = typeof config.resolve === "string" ? resolve(config.resolve) : config.resolve;
  if (value === undefined && typeof config.resolve === "string") throw moduleErrors.noProviderFile(module, config.resolve);
  const definition = typeof value === "object" && value !== null && "default" in value ? value.default : value;
  if (typeof definition !== "object" || definition === null || !("services" in definition)) {
    throw moduleErrors.unknownProvider(module, typeof config.resolve === "string" ? config.resolve : (config.id ?? "?"));
  }
  return definition as ModuleProviderExports;
}

function validateOptions(module: string, Provider: ModuleProviderExports["services"][number], options: Record<string, unknown>): void {
  try {
    Provider.validateOptions?.(options);
  } catch (error) {
    throw moduleErrors.providerOptions(
      module,
      Provider.identifier ?? Provider.name,
      error instanceof Error ? error.message : String(error),
    );
  }
}
