import type { ErrorHandler, Middleware, MiddlewaresConfig, MiddlewareVerb, ParserConfig, SchemaLike } from "../types";

/** An entry as {@link defineMiddlewares} takes it. */
export interface MiddlewareRouteInput {
  matcher: string | RegExp;
  /** The older name of `methods`. */
  method?: MiddlewareVerb | MiddlewareVerb[];
  methods?: MiddlewareVerb[];
  bodyParser?: ParserConfig;
  additionalDataValidator?: Record<string, SchemaLike>;
  middlewares?: Middleware[];
}

/**
 * Describes the middlewares of an app, in `src/api/middlewares.ts`. They run in the order in which they are written.
 *
 * @example
 * export default defineMiddlewares({
 *   routes: [
 *     { matcher: "/custom*", middlewares: [logVisit] },
 *     { matcher: "/custom/:id", methods: ["POST"], middlewares: [validateAndTransformBody(Schema)] },
 *   ],
 * });
 */
export function defineMiddlewares(
  config: MiddlewareRouteInput[] | { routes?: MiddlewareRouteInput[]; errorHandler?: false | ErrorHandler },
): MiddlewaresConfig {
  if (Array.isArray(config)) return { routes: config };
  return { routes: config.routes ?? [], ...(config.errorHandler === undefined ? {} : { errorHandler: config.errorHandler }) };
}
