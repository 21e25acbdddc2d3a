import express from "express";
import type { RequestHandler } from "express";
import type { AppRequest, AppResponse, NextFunction, ParserConfig } from "../types";

type Reader = (req: AppRequest, res: AppResponse, next: NextFunction) => void;

/**
 * A middleware that reads JSON, form and text bodies into `req.body`, which is `{}` when there is none.
 *
 * @param config `false` leaves the body unread.
 */
export function parseBody(config: ParserConfig = {}): Reader {
  const key = JSON.stringify(config);
  let reader = readers.get(key);
  if (!reader) readers.set(key, (reader = makeReader(config)));
  return reader;
}

/** One reader per setting: most routes share theirs. */
const readers = new Map<string, Reader>();

function makeReader(config: ParserConfig): Reader {
  if (config === false) return (_req, _res, next) => next();
  const limit = config.sizeLimit ?? "100kb";
  const verify = config.preserveRawBody
    ? (req: object, _res: object, bytes: Buffer) => void ((req as { rawBody?: Buffer }).rawBody = bytes)
    : undefined;
  const options = { limit, ...(verify ? { verify } : {}) };
  const readJson = express.json(options);
  const readForm = express.urlencoded({ ...options, extended: true });
  const readText = express.text(options);

  return (req, res, next) => {
    const { headers } = req;
    if (headers["transfer-encoding"] === undefined && (headers["content-length"] ?? "0") === "0") {
      req.body ??= {};
      return next();
    }
    const type = headers["content-type"] ?? "";
    const read = /^application\/json\b/i.test(type) ? readJson : /^application\/x-www-form-urlencoded\b/i.test(type) ? readForm : readText;
    (read as RequestHandler<Record<string, string>, unknown>)(req, res, (error?: unknown) => {
      if (error) return next(error);
      req.body ??= {};
      next();
    });
  };
}

/** A body parser whose settings depend on the path of the request; the last matching entry decides. */
export function parseBodyByPath(entries: { matches: (path: string) => boolean; config: ParserConfig }[], otherwise: ParserConfig): Reader {
  const choices = entries.map(({ matches, config }) => ({ matches, read: parseBody(config) }));
  const fallback = parseBody(otherwise);
  return (req, res, next) => {
    const path = req.originalUrl.split("?", 1)[0] as string;
    const chosen = choices.findLast(({ matches }) => matches(path));
    (chosen?.read ?? fallback)(req, res, next);
  };
}
