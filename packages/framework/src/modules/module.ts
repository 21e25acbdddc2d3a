import type { Container, Logger } from "@velella/kernel";
import type { AnyEntity } from "@velella/data";
import { buildLinkable } from "./linkable";
import type { Linkable } from "./linkable";

/** What a module's service class must be: constructed with the module's container and its options. */
// eslint-disable-next-line typescript/no-explicit-any -- a constructor of unknown parameters is only expressible so
export type ServiceClass = (new (...args: any[]) => object) & { $modelObjects?: Record<string, AnyEntity> };

/** What a loader of a module gets: it may register values in the module's own container. */
export interface LoaderOptions<Options = Record<string, unknown>> {
  /** The module's own, before its service is made. */
  container: Container;
  /** The module's options in the config, and the app's database as `database`; a provider's own for its loaders. */
  options?: Options;
  /** The app's; undefined for loaders of providers. */
  logger?: Logger;
}

/** Runs once when the module is loaded, before the service is first used. */
// eslint-disable-next-line typescript/no-explicit-any -- loaders declare the options they expect
export type ModuleLoader = (args: LoaderOptions<any>, declaration?: unknown) => Promise<void> | void;

/** The models of a service class made by `ModuleService({ … })`. */
export type ModelsOf<Service> = Service extends { $modelObjects: infer Models extends Record<string, AnyEntity> }
  ? Models
  : Record<never, never>;

/** What `Module(…)` returns, and what the index file of a module exports. */
export interface ModuleExports<Name extends string = string, Service extends ServiceClass = ServiceClass> {
  /** Name under which the service is registered in the container. */
  readonly serviceName: Name;
  readonly service: Service;
  readonly loaders: readonly ModuleLoader[];
  /** What `defineLink` takes, per model of the module. */
  readonly linkable: Linkable<Name, ModelsOf<Service>>;
}

/**
 * Defines a module: a service, the models behind it, and what to do when it is loaded.
 *
 * @param serviceName Key of the module in the container and in links.
 * @example
 * export default Module("review", { service: ReviewModuleService })
 */
export function Module<const Name extends string, Service extends ServiceClass>(
  serviceName: Name,
  definition: { service: Service; loaders?: ModuleLoader[] },
): ModuleExports<Name, Service> {
  let linkable: Linkable<Name, ModelsOf<Service>> | undefined;
  return {
    serviceName,
    service: definition.service,
    loaders: definition.loaders ?? [],
    // Models may refer to each other in a circle, so nothing of them is read while files are still loading.
    get linkable() {
      return (linkable ??= buildLinkable(serviceName, (definition.service.$modelObjects ?? {}) as ModelsOf<Service>));
    },
  };
}

/** Whether a value is what `Module(…)` returns. */
export function isModuleExports(value: unknown): value is ModuleExports {
  return typeof value === "object" && value !== null && "service" in value && typeof value.service === "function";
}
