import type { AppRequest, AppResponse, NextFunction } from "../types";

/** Splits a list of origins at its commas; `/…/` and `/…/flags` become regular expressions. */
export function parseCorsOrigins(text: string): (string | RegExp)[] {
  return text
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map((entry) => {
      const expression = /^\/(.*)\/([a-z]*)$/.exec(entry);
      return expression ? new RegExp(expression[1] as string, expression[2]) : entry;
    });
}

/**
 * A middleware that lets browsers of other origins in, with credentials, and answers their preflight requests.
 *
 * @param origins As in {@link parseCorsOrigins}. "*" admits everyone, but without credentials.
 */
export function allowOrigins(origins: string): (req: AppRequest, res: AppResponse, next: NextFunction) => void {
  const allowed = parseCorsOrigins(origins);
  const anyone = allowed.includes("*");
  // `search` ignores the flags that make a RegExp remember its last match; browsers send origins without a final slash.
  const admits = (origin: string) =>
    allowed.some((entry) => (typeof entry === "string" ? entry.replace(/\/$/, "") === origin : origin.search(entry) >= 0));

  return function cors(req, res, next) {
    const origin = req.headers.origin;
    if (anyone) res.setHeader("Access-Control-Allow-Origin", "*");
    else {
      res.vary("Origin");
      if (origin !== undefined && admits(origin)) {
        res.setHeader("Access-Control-Allow-Origin", origin);
        res.setHeader("Access-Control-Allow-Credentials", "true");
      }
    }
    if (req.method !== "OPTIONS" || !req.headers["access-control-request-method"]) return next();
    const headers = req.headers["access-control-request-headers"];
    res.setHeader("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE");
    if (headers) res.setHeader("Access-Control-Allow-Headers", headers);
    res.vary("Access-Control-Request-Headers");
    res.statusCode = 204;
    res.setHeader("Content-Length", "0");
    res.end();
  };
}
