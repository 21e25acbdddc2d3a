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
  /** Names the provider to those who choose one; `identifier` of its class by default. */
  id?: string;
  /** Given to the class and to the provider's loaders; `validateOptions` of the class may refuse them. */
  options?: Record<string, unknown>;
  /**
   * The provider that is asked where none is named; without any it is the first.
   *
   * @throws `module.several_defaults` from locking and caching, where two say so.
   */
  is_default?: boolean;
}
