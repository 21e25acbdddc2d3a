import { httpErrors } from "../errors";
import { compilePattern } from "../routing/path-pattern";
import type { PathPattern } from "../routing/path-pattern";
import { routeMethods } from "../types";
import type { ErrorHandler, Middleware, MiddlewaresConfig, ParserConfig, RouteMethod, SchemaLike } from "../types";

/** An entry of `defineMiddlewares`, checked and compiled. */
export interface MiddlewareEntry {
  pattern: PathPattern;
  /** The methods that it is limited to; absent for a prefix entry, which holds for all. */
  methods?: ReadonlySet<RouteMethod>;
  middlewares: Middleware[];
  bodyParser?: ParserConfig;
  additionalData?: Record<string, SchemaLike>;
}

/** The middlewares of one source (an app, a plugin), checked and compiled. */
export interface MiddlewareSet {
  entries: MiddlewareEntry[];
  errorHandler?: ErrorHandler;
}

/**
 * Checks the middlewares of an app. Throws `http.bad_middlewares` for entries of the wrong kind.
 *
 * @param where The file, for messages.
 */
export function readMiddlewares(where: string, config: MiddlewaresConfig): MiddlewareSet {
  if (typeof config !== "object" || config === null)
    throw httpErrors.badMiddlewares(where, "the result of defineMiddlewares", typeof config);
  const routes = config.routes ?? [];
  if (!Array.isArray(routes)) throw httpErrors.badMiddlewares(where, 'a list under "routes"', typeof routes);
  const set: MiddlewareSet = { entries: routes.map((route, index) => readEntry(`${where}, entry ${index + 1}`, route)) };
  if (config.errorHandler) set.errorHandler = config.errorHandler;
  return set;
}

function readEntry(where: string, route: NonNullable<MiddlewaresConfig["routes"]>[number]): MiddlewareEntry {
  const { matcher, middlewares = [], bodyParser, additionalDataValidator } = route;
  if (typeof matcher !== "string" && !(matcher instanceof RegExp))
    throw httpErrors.badMiddlewares(where, "matched by a string or RegExp", typeof matcher);
  if (!Array.isArray(middlewares)) throw httpErrors.badMiddlewares(where, "a list", typeof middlewares);
  const odd = middlewares.find((middleware) => typeof middleware !== "function") as unknown;
  if (odd !== undefined) throw httpErrors.badMiddlewares(where, "functions", typeof odd);
  const methods = methodsOf(where, [route.methods ?? route.method ?? []].flat());
  const entry: MiddlewareEntry = { pattern: compilePattern(matcher, methods !== undefined), middlewares };
  if (methods) entry.methods = methods;
  if (bodyParser !== undefined) entry.bodyParser = bodyParser;
  if (additionalDataValidator) entry.additionalData = additionalDataValidator;
  return entry;
}

function methodsOf(where: string, verbs: string[]): ReadonlySet<RouteMethod> | undefined {
  if (verbs.length === 0 || verbs.includes("USE")) return undefined;
  if (verbs.includes("ALL")) return new Set(routeMethods);
  const methods = verbs.map((verb) => verb.toUpperCase() as RouteMethod);
  for (const method of methods) {
    if (!routeMethods.includes(method))
      throw httpErrors.badMiddlewares(where, `limited to methods among ${routeMethods.join(", ")}`, method);
  }
  return new Set(methods);
}
