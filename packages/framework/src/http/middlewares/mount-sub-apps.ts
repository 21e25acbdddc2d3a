import type { Express } from "express";
import type { MiddlewareSet } from "./read-middlewares";

/**
 * Mounts Express apps that are used as middlewares, as `app.use` does: their requests then inherit from ours, so that
 * `req.scope` and the session are there, too.
 */
export function mountSubApps(set: MiddlewareSet, parent: Express): MiddlewareSet {
  for (const { pattern, middlewares } of set.entries) {
    for (const middleware of middlewares) {
      if (!isExpressApp(middleware) || middleware.request === parent.request) continue;
      Object.assign(middleware, { mountpath: pattern.source, parent });
      middleware.emit("mount", parent);
    }
  }
  return set;
}

function isExpressApp(value: unknown): value is Express {
  const app = value as Partial<Express> & { handle?: unknown };
  return typeof app.handle === "function" && typeof app.set === "function" && typeof app.emit === "function" && "request" in app;
}
