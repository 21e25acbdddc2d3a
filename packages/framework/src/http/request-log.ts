import type { Logger } from "@velella/kernel";
import type { AppRequest, AppResponse } from "./types";

/** Writes a line per request, at the level `http`, once the answer is out. */
export function logRequest(logger: Logger, req: AppRequest, res: AppResponse): void {
  const since = performance.now();
  res.once("close", () => {
    const took = (performance.now() - since).toFixed(1);
    const outcome = res.writableFinished ? String(res.statusCode) : "aborted";
    logger.http(`${req.method} ${req.originalUrl} ${outcome} in ${took} ms (request ${req.requestId})`);
  });
}
