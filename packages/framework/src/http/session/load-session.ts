import { serverContextOf, setSession } from "../messages/message-classes";
import { builtInLayer } from "../routing/layer";
import type { Layer } from "../routing/layer";
import type { AppRequest, AppResponse, NextFunction } from "../types";
import { loadSession } from "./open-session";

/** Loads the session of a request that brings a session cookie. Requests without one pass at once. */
export const loadSessionLayer: Layer = builtInLayer("loadSession", (req: AppRequest, _res: AppResponse, next: NextFunction) => {
  const server = req.headers.cookie ? serverContextOf(req) : undefined;
  const loading = server && loadSession(req, server.sessions);
  if (!loading) return next();
  return loading.then((session) => {
    if (session) setSession(req, session);
    next();
  });
});
