import type { ModuleLoader, ServiceClass } from "./module";

/** A class of a provider: `identifier` names it, `validateOptions` may refuse its options. */
export type ProviderClass = ServiceClass & {
  identifier?: string;
  validateOptions?(options: Record<string, unknown>): void;
};

/** What `ModuleProvider(…)` returns. */
export interface ModuleProviderExports {
  readonly module?: string;
  readonly services: readonly ProviderClass[];
  readonly loaders?: readonly ModuleLoader[];
}

/**
 * Defines a provider of a module: the implementation of a third-party system behind the module's interface.
 *
 * @example
 * export default ModuleProvider(Modules.NOTIFICATION, { services: [ResendNotificationService] })
 */
export function ModuleProvider(module: string, definition: { services: ProviderClass[]; loaders?: ModuleLoader[] }): ModuleProviderExports {
  return { module, services: definition.services, loaders: definition.loaders ?? [] };
}

/** An entry of `providers` in a module's options. */
export interface ProviderConfig {
  /** A path, a package, or what `ModuleProvider(…)` returned. */
  resolve: string | ModuleProviderExports | { default: ModuleProviderExports };
  id?: string;
  options?: Record<string, unknown>;
  is_default?: boolean;
}
