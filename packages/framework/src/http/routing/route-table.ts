import findMyWay from "find-my-way";
import type { AppRequest, AppResponse, RouteMethod } from "../types";
import { routeMethods } from "../types";
import { compileChain } from "./compile-chain";
import type { ChainSources } from "./compile-chain";
import type { Chain } from "./layer";
import { compilePattern, matchPath } from "./path-pattern";
import type { PathPattern } from "./path-pattern";
import type { LoadedRoute } from "./loaded-route";
import { shapeOf } from "./route-file";
import type { RouteModule } from "./route-module";

/** What a request is answered with. */
export interface Found {
  chain: Chain;
  params: Record<string, string>;
  /** The path of the request in the spelling of the route. */
  canonicalPath: string;
}

/** All routes of one shape, such as `/products/:id` and `/products/:handle` of two sources. */
interface Endpoint {
  path: string;
  pattern: PathPattern;
  /** The last one decides, method by method. */
  routes: LoadedRoute[];
  chains: Map<RouteMethod, { chain: Chain; route: LoadedRoute } | undefined>;
}

/** The routes of a server with their chains. Immutable: a reload makes a new one. */
export class RouteTable {
  private readonly router = findMyWay({ ignoreTrailingSlash: true, caseSensitive: false, maxParamLength: 16_384 });
  private readonly endpoints = new Map<string, Endpoint>();

  /** Compiles the chains of all routes that are not lazy; what is wrong with them is thrown here. */
  constructor(
    routes: readonly LoadedRoute[],
    private readonly sources: ChainSources,
  ) {
    for (const route of routes) {
      const shape = shapeOf(route.path);
      const endpoint = this.endpoints.get(shape);
      if (endpoint) endpoint.routes.push(route);
      else this.endpoints.set(shape, { path: route.path, pattern: compilePattern(route.path, true), routes: [route], chains: new Map() });
    }
    for (const endpoint of this.endpoints.values()) {
      this.router.on("GET", endpoint.path, () => undefined, endpoint);
      if (endpoint.routes.some((route) => route.lazy)) continue;
      for (const method of routeMethods) this.chainFor(endpoint, method);
    }
  }

  /** Finds the chain for a request; undefined when no route serves the path with this method. */
  find(method: RouteMethod, path: string): Found | undefined {
    const match = this.router.find("GET", path);
    if (!match) return undefined;
    const endpoint = match.store as Endpoint;
    const found = this.chainFor(endpoint, method);
    if (found) return this.result(endpoint, found, match.params as Record<string, string>);
    return this.findLessSpecific(endpoint, method, path);
  }

  /** Every endpoint with its methods; loads lazy routes. */
  *list(): Iterable<{ path: string; method: RouteMethod; file: string; chain: Chain }> {
    for (const endpoint of this.endpoints.values()) {
      for (const method of routeMethods) {
        const found = this.chainFor(endpoint, method);
        if (found && found.route.module().handlers[method])
          yield { path: found.route.path, method, file: found.route.file, chain: found.chain };
      }
    }
  }

  /** `GET /products/export` is one for `GET /products/:id` when only a POST route has the exact path. */
  private findLessSpecific(taken: Endpoint, method: RouteMethod, path: string): Found | undefined {
    for (const endpoint of this.endpoints.values()) {
      if (endpoint === taken || !endpoint.path.includes(":")) continue;
      const match = matchPath(endpoint.pattern, path);
      const found = match && this.chainFor(endpoint, method);
      if (found) return this.result(endpoint, found, match.params);
    }
    return undefined;
  }

  private result(endpoint: Endpoint, { chain, route }: { chain: Chain; route: LoadedRoute }, params: Record<string, string>): Found {
    const named = route.path === endpoint.path ? params : renamed(params, endpoint.path, route.path);
    return { chain, params: named, canonicalPath: chain.tested ? filled(route.path, named) : route.path };
  }

  private chainFor(endpoint: Endpoint, method: RouteMethod): { chain: Chain; route: LoadedRoute } | undefined {
    if (endpoint.chains.has(method)) return endpoint.chains.get(method);
    const made = this.compile(endpoint, method);
    endpoint.chains.set(method, made);
    return made;
  }

  private compile(endpoint: Endpoint, method: RouteMethod): { chain: Chain; route: LoadedRoute } | undefined {
    const route = endpoint.routes.findLast((candidate) => candidate.module().handlers[method]);
    if (route) return { route, chain: compileChain(route.path, method, route.module(), this.sources) };
    if (method === "HEAD") return this.compileHead(endpoint);
    if (method === "OPTIONS") return this.compileOptions(endpoint);
    return undefined;
  }

  /** As in Express, a HEAD request is answered by the GET handler; node leaves the body out. */
  private compileHead(endpoint: Endpoint): { chain: Chain; route: LoadedRoute } | undefined {
    const route = endpoint.routes.findLast((candidate) => candidate.module().handlers.GET);
    if (!route) return undefined;
    const { handlers, middlewares, ...rest } = route.module();
    const module: RouteModule = { ...rest, handlers: { HEAD: handlers.GET as never }, middlewares: { HEAD: middlewares.GET ?? [] } };
    return { route, chain: compileChain(route.path, "HEAD", module, this.sources) };
  }

  private compileOptions(endpoint: Endpoint): { chain: Chain; route: LoadedRoute } {
    const methods = new Set(endpoint.routes.flatMap((route) => Object.keys(route.module().handlers)));
    if (methods.has("GET")) methods.add("HEAD");
    const allow = [...methods].join(", ");
    const answer = (_req: AppRequest, res: AppResponse) => void res.set("Allow", allow).send(allow);
    const route = endpoint.routes.at(-1) as LoadedRoute;
    const module: RouteModule = {
      handlers: { OPTIONS: answer },
      middlewares: {},
      authenticate: false,
      cors: route.module().cors,
      preflight: true,
    };
    return { route, chain: compileChain(route.path, "OPTIONS", module, this.sources) };
  }
}

function parameterNames(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map((match) => match[1] as string);
}

function renamed(params: Record<string, string>, from: string, to: string): Record<string, string> {
  const targets = parameterNames(to);
  return Object.fromEntries(parameterNames(from).map((name, index) => [targets[index] as string, params[name] as string]));
}

function filled(path: string, params: Record<string, string>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? "");
}
