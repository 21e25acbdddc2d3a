import { httpErrors } from "../errors";
import { routeMethods } from "../types";
import type { Middleware, ParserConfig, RouteHandler, RouteMethod } from "../types";

/** What a route file exports, checked. */
export interface RouteModule {
  handlers: Partial<Record<RouteMethod, RouteHandler>>;
  /** False when the route is open although its section demands authentication. */
  authenticate: boolean;
  /** False when the route answers without the CORS headers of its section. */
  cors: boolean;
  /** Middlewares by method, which run before those of the app. */
  middlewares: Partial<Record<RouteMethod, Middleware[]>>;
  /** How the body of the route is read, unless the app says otherwise. */
  bodyParser?: ParserConfig;
  /** True for an OPTIONS answer that no route file wrote: browsers ask it without keys or tokens. */
  preflight?: boolean;
}

/**
 * Checks what a route file exports. Throws `http.bad_route_export` for an export of the wrong kind,
 * `http.route_without_handlers` when there is no handler.
 */
export function readRouteModule(file: string, exported: unknown): RouteModule {
  const source = withDefault(exported);
  const handlers: RouteModule["handlers"] = {};
  for (const method of routeMethods) {
    const handler = source[method];
    if (handler === undefined) continue;
    if (typeof handler !== "function") throw httpErrors.badRouteExport(file, method, "a function", kindOf(handler));
    handlers[method] = handler as RouteHandler;
  }
  if (Object.keys(handlers).length === 0) {
    const names = Object.keys(source);
    throw httpErrors.routeWithoutHandlers(file, names.length > 0 ? names.join(", ") : "nothing");
  }
  const module: RouteModule = {
    handlers,
    authenticate: flag(file, source, "AUTHENTICATE"),
    cors: flag(file, source, "CORS"),
    middlewares: middlewaresOf(file, source.middlewares),
  };
  if (source.bodyParser !== undefined) module.bodyParser = source.bodyParser as ParserConfig;
  return module;
}

function flag(file: string, source: Record<string, unknown>, name: string): boolean {
  const value = source[name] ?? true;
  if (typeof value !== "boolean") throw httpErrors.badRouteExport(file, name, "true or false", kindOf(value));
  return value;
}

function middlewaresOf(file: string, value: unknown): RouteModule["middlewares"] {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null)
    throw httpErrors.badRouteExport(file, "middlewares", "an object of lists by method", kindOf(value));
  for (const [method, list] of Object.entries(value)) {
    const sound = routeMethods.includes(method as RouteMethod) && Array.isArray(list) && list.every((entry) => typeof entry === "function");
    if (!sound)
      throw httpErrors.badRouteExport(file, `middlewares.${method}`, "a list of functions under the name of a method", kindOf(list));
  }
  return value as RouteModule["middlewares"];
}

/** A transpiled `export default { GET }` counts as well as named exports. */
function withDefault(exported: unknown): Record<string, unknown> {
  if (typeof exported !== "object" || exported === null) return {};
  const named = exported as Record<string, unknown>;
  return typeof named.default === "object" && named.default !== null ? { ...named.default, ...named } : named;
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
