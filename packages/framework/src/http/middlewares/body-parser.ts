import express from "express";
import type { RequestHandler } from "express";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AppRequest, AppResponse, NextFunction, ParserConfig } from "../types";

/** Reads the body of a request into `req.body`, then goes on. */
export type Reader = (req: AppRequest, res: AppResponse, next: NextFunction) => void;

/** A parser for the paths that `matches` says yes to. */
export interface ParserEntry {
  matches: (path: string) => boolean;
  config: ParserConfig;
}

const defaultSizeLimit = "100kb";

/**
 * A middleware that reads JSON and form bodies. What is left unread (no body, or another content type) gives `{}`.
 *
 * Malformed JSON and bodies past the limit go to the error handler, as the errors that Express's own parsers make.
 *
 * @param config `false` gives a middleware that touches nothing, so that the handler can read the stream.
 */
export function parseBody(config: ParserConfig = {}): Reader {
  if (config === false) return skipBody;
  const parsers = parsersOf(config);
  return function readBody(req, res, next) {
    if (!hasBody(req)) {
      req.body ??= {};
      return next();
    }
    let position = 0;
    const proceed = (error?: unknown): void => {
      if (error) return next(error);
      const parser = parsers[position++];
      if (parser) return void parser(req as never, res, proceed);
      req.body ??= {};
      next();
    };
    proceed();
  };
}

/**
 * A middleware for a route whose parser depends on the path of each request, such as one with a parameter of which
 * the app names a value.
 *
 * @param entries Of those that match, the last one decides.
 * @param otherwise Holds when none matches.
 */
export function parseBodyByPath(entries: readonly ParserEntry[], otherwise: ParserConfig): Reader {
  const readers = entries.map(({ matches, config }) => ({ matches, read: parseBody(config) }));
  const fallback = parseBody(otherwise);
  return function readBodyByPath(req, res, next) {
    const path = req.path;
    const reader = readers.findLast(({ matches }) => matches(path));
    (reader?.read ?? fallback)(req, res, next);
  };
}

function parsersOf({ sizeLimit = defaultSizeLimit, preserveRawBody = false }: Exclude<ParserConfig, false>): RequestHandler[] {
  const options = { limit: sizeLimit, ...(preserveRawBody ? { verify: keepRawBody } : {}) };
  return [express.json(options), express.urlencoded({ ...options, extended: true })];
}

function keepRawBody(req: IncomingMessage, _res: ServerResponse, bytes: Buffer): void {
  (req as IncomingMessage & { rawBody?: Buffer }).rawBody = bytes;
}

function skipBody(_req: AppRequest, _res: AppResponse, next: NextFunction): void {
  next();
}

/** HTTP/1.1 announces a body by one of these headers, also when it is empty. */
function hasBody({ headers }: AppRequest): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] !== undefined && headers["content-length"] !== "0");
}
