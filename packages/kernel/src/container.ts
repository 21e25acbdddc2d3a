import * as awilix from "awilix";
import type { AwilixContainer, ClassOrFunctionReturning, Resolver } from "awilix";

export interface ResolveOptions {
  /** Gives undefined instead of an error when nothing is registered under the name. */
  allowUnregistered?: boolean;
}

/**
 * The dependency container: awilix, in its proxy mode.
 * `resolve` of an unknown name throws awilix' `AwilixResolutionError`.
 */
export interface Container<Cradle extends object = Record<string, unknown>> extends Omit<AwilixContainer, "resolve" | "createScope" | "cradle"> {
  readonly cradle: Cradle;
  resolve<T = unknown>(name: string | symbol, options?: ResolveOptions): T;
  createScope(): Container<Cradle>;
}

/** A new, empty container. */
export function createContainer(): Container {
  return awilix.createContainer({ injectionMode: awilix.InjectionMode.PROXY, strict: false }) as unknown as Container;
}

export const asValue: <T>(value: T) => Resolver<T> = awilix.asValue;
export const asClass: typeof awilix.asClass = awilix.asClass;
export const asFunction: typeof awilix.asFunction = awilix.asFunction;
export type { ClassOrFunctionReturning, Resolver };
