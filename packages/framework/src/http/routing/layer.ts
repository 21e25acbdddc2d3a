import type { PathPattern } from "./path-pattern";

/** Something that runs for a request: a middleware, an error middleware or the handler. */
export interface Layer {
  /** Shown by `velella routes`. */
  name: string;
  /** `(req, res, next)`, or `(error, req, res, next)` when `handlesErrors` is set. */
  run: (...args: unknown[]) => unknown;
  handlesErrors: boolean;
  /** Layers of one `app.get(path, a, b)`-like entry share a number; `next("route")` leaves them. */
  group: number;
  /** False for prefix middlewares, for which `next("route")` is the same as `next()`. */
  exact: boolean;
  /** Where the layer is mounted; absent for layers of the framework itself. */
  pattern?: PathPattern;
  /** Set when the pattern has to be tested per request. */
  tested: boolean;
  /** Set when `req.url` loses the matched prefix while the layer runs. */
  strips: boolean;
  /** Set when `req.params` takes what the pattern names while the layer runs. */
  names: boolean;
}

/** What runs for one method of one path, computed at boot. */
export interface Chain {
  layers: Layer[];
  /** Path and methods of the route, as Express shows them in `req.route`. */
  route?: { path: string; methods: Record<string, boolean> };
  /** True when some layer has to be tested per request. */
  tested: boolean;
}

/** A chain of layers. */
export function chainOf(layers: Layer[], route?: Chain["route"]): Chain {
  return { layers, tested: layers.some((layer) => layer.tested), ...(route ? { route } : {}) };
}

/** A layer of the framework itself: it always runs, and sees the request as it came. */
export function builtInLayer(name: string, run: (...args: never[]) => unknown, group = -1): Layer {
  return {
    name,
    run: run as Layer["run"],
    handlesErrors: false,
    group,
    exact: group >= 0,
    tested: false,
    strips: false,
    names: false,
  };
}
