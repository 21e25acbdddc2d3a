import { provideAdditionalData } from "../middlewares/additional-data";
import { compressionLayers } from "../middlewares/compress";
import { parseBody, parseBodyByPath } from "../middlewares/body-parser";
import type { MiddlewareEntry } from "../middlewares/read-middlewares";
import { policyOf, sectionLayers } from "../sections";
import type { SectionPolicy } from "../sections";
import { loadSessionLayer } from "../session/load-session";
import type { HttpConfig, Middleware, ParserConfig, RouteMethod, SchemaLike } from "../types";
import { builtInLayer, chainOf } from "./layer";
import type { Chain, Layer } from "./layer";
import { matchPath } from "./path-pattern";
import { namesAreKnown, relationOf } from "./pattern-relation";
import type { RouteModule } from "./route-module";

/** What chains are made from, beside the route itself. */
export interface ChainSources {
  http: HttpConfig;
  sections: readonly SectionPolicy[];
  /** The entries of all middleware files, in their order. */
  entries: readonly MiddlewareEntry[];
}

/** Makes the chain of one method of a route: section, session, body, the route's own middlewares, the app's, the handler. */
export function compileChain(path: string, method: RouteMethod, module: RouteModule, sources: ChainSources): Chain {
  const handler = module.handlers[method];
  const own = module.middlewares[method] ?? [];
  const routeGroup = sources.entries.length;
  const layers = [
    ...leadingLayers(path, method, module, sources),
    ...own.map((middleware) => layerOf(middleware, routeGroup, true)),
    ...appLayers(path, method, sources.entries),
  ];
  if (handler) layers.push(layerOf(handler, routeGroup, true, method));
  return chainOf(layers, { path, methods: { [method.toLowerCase()]: true } });
}

/** What runs before any middleware that somebody wrote. */
function leadingLayers(path: string, method: RouteMethod, module: RouteModule, sources: ChainSources): Layer[] {
  const optOuts = { cors: !module.cors, authenticate: !module.authenticate, publishableKey: module.preflight };
  const layers = [
    ...compressionLayers(sources.http),
    loadSessionLayer,
    ...sectionLayers(policyOf(path, sources.sections), sources.http, optOuts),
  ];
  layers.push(bodyLayer(path, method, sources.entries, module.bodyParser ?? {}));
  const shapes = applying(path, method, sources.entries)
    .map(({ entry }) => entry.additionalData)
    .filter((shape): shape is Record<string, SchemaLike> => shape !== undefined);
  if (shapes.length > 0) layers.push(builtInLayer("additionalData", provideAdditionalData(shapes)));
  return layers;
}

function bodyLayer(path: string, method: RouteMethod, entries: readonly MiddlewareEntry[], own: ParserConfig): Layer {
  let config = own;
  const tested: { matches: (path: string) => boolean; config: ParserConfig }[] = [];
  for (const { entry, relation } of applying(path, method, entries)) {
    if (entry.bodyParser === undefined) continue;
    if (relation === "always") {
      config = entry.bodyParser;
      tested.length = 0;
    } else tested.push({ matches: (candidate) => matchPath(entry.pattern, candidate) !== undefined, config: entry.bodyParser });
  }
  return builtInLayer("parseBody", tested.length === 0 ? parseBody(config) : parseBodyByPath(tested, config));
}

/** The app's middlewares that apply to a route, always or depending on the request's path. */
function appLayers(path: string, method: RouteMethod, entries: readonly MiddlewareEntry[]): Layer[] {
  return applying(path, method, entries).flatMap(({ entry, relation, group }) => {
    const exact = entry.methods !== undefined;
    return entry.middlewares.map((middleware) => ({
      ...layerOf(middleware, group, exact),
      pattern: entry.pattern,
      tested: relation === "sometimes",
      strips: !exact,
      names: !namesAreKnown(entry.pattern, path),
    }));
  });
}

function applying(path: string, method: RouteMethod, entries: readonly MiddlewareEntry[]) {
  return entries
    .map((entry, group) => ({ entry, group, relation: relationOf(entry.pattern, path, entry.methods !== undefined) }))
    .filter(({ entry, relation }) => relation !== "never" && answersMethod(entry, method));
}

function answersMethod(entry: MiddlewareEntry, method: RouteMethod): boolean {
  // As in Express, what is meant for GET runs for HEAD.
  return !entry.methods || entry.methods.has(method) || (method === "HEAD" && entry.methods.has("GET"));
}

function layerOf(middleware: Middleware, group: number, exact: boolean, name?: string): Layer {
  return {
    name: name ?? (middleware.name || "anonymous"),
    run: middleware as Layer["run"],
    handlesErrors: middleware.length === 4,
    group,
    exact,
    tested: false,
    strips: false,
    names: false,
  };
}

/**
 * The chain of a path that no route serves: middlewares may still answer it. Where some apply, so does the
 * policy of the section.
 */
export function compileUnroutedChain(path: string, method: RouteMethod, sources: ChainSources): Chain {
  const policy = policyOf(path, sources.sections);
  const middlewares = appLayers(path, method, sources.entries);
  if (middlewares.length === 0) return chainOf(sectionLayers({ cors: policy.cors }, sources.http, {}));
  const open: RouteModule = { handlers: {}, middlewares: {}, authenticate: true, cors: true };
  return chainOf([...leadingLayers(path, method, open, sources), ...middlewares]);
}
