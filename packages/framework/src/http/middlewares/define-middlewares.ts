import type { MiddlewareRoute, MiddlewaresConfig } from "../types";

/** One entry as it is written in `middlewares.ts`: which paths and methods, and what holds or runs for them. */
export type MiddlewareRouteInput = MiddlewareRoute;

/**
 * Declares what runs before the handlers of an app's routes, how their bodies are read and which additional data
 * they accept. `middlewares.ts` exports the result; what is wrong with it is reported at boot, with the file's name.
 *
 * @param config The entries, in the order in which they run, alone or with an error handler.
 * @example
 * export default defineMiddlewares({
 *   routes: [{ matcher: "/store/reviews", methods: ["POST"], middlewares: [authenticate("customer", "bearer")] }],
 * });
 */
export function defineMiddlewares(
  config: MiddlewareRouteInput[] | { routes?: MiddlewareRouteInput[]; errorHandler?: MiddlewaresConfig["errorHandler"] },
): MiddlewaresConfig {
  return Array.isArray(config) ? { routes: config } : config;
}
