import * as awilix from "awilix";
import type { AwilixContainer, ClassOrFunctionReturning, Resolver } from "awilix";

/** What `resolve` does where nothing is registered. */
export interface ResolveOptions {
  /** Gives undefined instead of an error when nothing is registered under the name. */
  allowUnregistered?: boolean;
}

/**
 * Types of what is registered, by name. Packages and apps add to it by declaration merging, so that
 * `resolve("query")` is typed without a type argument.
 *
 * @example
 * declare module "@velella/kernel" { interface ContainerTypes { review: ReviewModuleService } }
 */
// oxlint-disable-next-line typescript/no-empty-object-type -- filled by declaration merging
export interface ContainerTypes {}

/**
 * The dependency container: awilix, in its proxy mode.
 * `resolve` of an unknown name throws awilix' `AwilixResolutionError`.
 */
export interface Container<Cradle extends object = Record<string, unknown>> extends Omit<
  AwilixContainer,
  "resolve" | "createScope" | "cradle"
> {
  readonly cradle: Cradle;
  resolve<Name extends keyof ContainerTypes>(name: Name, options?: ResolveOptions): ContainerTypes[Name];
  // Apps resolve their own services by name and call them; without a declaration nothing is known of those.
  // oxlint-disable-next-line typescript/no-explicit-any
  resolve<T = any>(name: string | symbol, options?: ResolveOptions): T;
  createScope(): Container<Cradle>;
}

/** A new, empty container. */
export function createContainer(): Container {
  return awilix.createContainer({ injectionMode: awilix.InjectionMode.PROXY, strict: false });
}

/** A registration of this very value: each `resolve` gives it, in every scope. */
export const asValue: <T>(value: T) => Resolver<T> = awilix.asValue;
/**
 * A registration of a class: its constructor gets the cradle. Without `.singleton()` or `.scoped()` each `resolve` makes
 * another one.
 */
export const asClass: typeof awilix.asClass = awilix.asClass;
/**
 * A registration of a function that gets the cradle and returns what is resolved. Without `.singleton()` or `.scoped()` each
 * `resolve` calls it again.
 */
export const asFunction: typeof awilix.asFunction = awilix.asFunction;
export type { ClassOrFunctionReturning, Resolver };
