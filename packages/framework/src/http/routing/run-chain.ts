import { httpErrors } from "../errors";
import type { AppRequest, AppResponse } from "../types";
import type { Chain, Layer } from "./layer";
import { matchPath } from "./path-pattern";

/** Called when no layer has answered: with the error that nobody handled, or without one. */
export type Finish = (failed: boolean, error: unknown, req: AppRequest, res: AppResponse) => void;

/**
 * Runs the layers of a chain one after the other, as Express's router does: `next()`, `next(error)`, `next("route")`,
 * `next("router")`, thrown errors and rejected promises; prefix middlewares see `req.url` without their prefix.
 *
 * @param canonicalPath The path rebuilt from the matched route. A matcher applies when it matches this one or the path
 *   as it was sent, so that another spelling (case, percent-encoding) of a path cannot slip past a guard.
 */
export function runChain(chain: Chain, req: AppRequest, res: AppResponse, path: string, canonicalPath: string, finish: Finish): void {
  const { layers } = chain;
  const requestPrototype: unknown = Object.getPrototypeOf(req);
  const responsePrototype: unknown = Object.getPrototypeOf(res);
  const { url, params, baseUrl } = req;
  let position = 0;
  let current: Layer | undefined;

  const restore = () => {
    // An Express app that runs as a middleware leaves its own prototypes behind.
    if (Object.getPrototypeOf(req) !== requestPrototype) Object.setPrototypeOf(req, requestPrototype as object);
    if (Object.getPrototypeOf(res) !== responsePrototype) Object.setPrototypeOf(res, responsePrototype as object);
    if (current?.strips) {
      if (req.baseUrl !== baseUrl) {
        req.url = unstripped(req.url, url, path);
        req.baseUrl = baseUrl;
      }
    }
    if (current?.names) req.params = params;
  };

  const next = (signal?: unknown): void => {
    if (current) restore();
    if (signal === "router") return finish(false, undefined, req, res);
    if (signal === "route") {
      const leaving = current;
      if (leaving?.exact) while (layers[position]?.group === leaving.group) position++;
      return proceed(false, undefined);
    }
    proceed(Boolean(signal), signal);
  };
  const fail = (error: unknown): void => {
    if (current) restore();
    proceed(true, error ?? httpErrors.emptyRejection(req.method, path));
  };

  const proceed = (failed: boolean, error: unknown): void => {
    while (position < layers.length) {
      const layer = layers[position++] as Layer;
      if (layer.handlesErrors !== failed) continue;
      if (layer.pattern && !enter(layer, req, path, canonicalPath)) continue;
      current = layer;
      req.next = next;
      try {
        const result = failed ? layer.run(error, req, res, next) : layer.run(req, res, next);
        if (result instanceof Promise || isThenable(result)) void result.then(undefined, fail);
      } catch (thrown) {
        fail(thrown);
      }
      return;
    }
    current = undefined;
    finish(failed, error, req, res);
  };

  proceed(false, undefined);
}

/** Prepares the request for a mounted layer; false when the layer does not apply to this path. */
function enter(layer: Layer, req: AppRequest, path: string, canonicalPath: string): boolean {
  if (!layer.tested && !layer.strips && !layer.names) return true;
  const pattern = layer.pattern as NonNullable<Layer["pattern"]>;
  const asSent = matchPath(pattern, path);
  const match = asSent ?? matchPath(pattern, canonicalPath);
  if (!match) return !layer.tested;
  if (layer.names) req.params = { ...req.params, ...match.params };
  if (layer.strips && asSent) strip(req, asSent.matched);
  return true;
}

function strip(req: AppRequest, matched: string): void {
  const prefix = matched.endsWith("/") ? matched.slice(0, -1) : matched;
  if (prefix === "" || !req.url.startsWith(prefix)) return;
  const rest = req.url.slice(prefix.length);
  req.url = rest.startsWith("/") ? rest : `/${rest}`;
  req.baseUrl += prefix;
}

/** The full URL again; a middleware that rewrote the stripped one keeps its change of the query string. */
function unstripped(current: string, original: string, path: string): string {
  const query = current.indexOf("?");
  const text = query < 0 ? "" : current.slice(query);
  return original.slice(path.length) === text ? original : path + text;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
