import express from "express";
import type { Application, Response } from "express";
import type { ServerResponse } from "node:http";

const expressJson = express.response.json;
const expressSend = express.response.send;

/**
 * `res.json` without the detours, for the common case. Whenever something asks for more (a `json spaces` setting, a
 * middleware that replaced `res.send`, a type that is already set, an empty status), Express's own does the work.
 */
export function sendJson<Res extends ServerResponse>(res: Res, body: unknown): Res {
  const { app, send } = res as unknown as { app: Application; send: unknown };
  const settings = app.settings as Record<string, unknown>;
  const status = res.statusCode;
  const plain =
    send === expressSend &&
    body !== undefined &&
    settings["json spaces"] === undefined &&
    settings["json replacer"] === undefined &&
    settings["json escape"] === undefined &&
    settings.etag === false &&
    status >= 200 &&
    status !== 204 &&
    status !== 205 &&
    status !== 304 &&
    !res.hasHeader("content-type");
  const text = plain ? JSON.stringify(body) : undefined;
  if (text === undefined) return expressJson.call(res as unknown as Response, body) as unknown as Res;
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.setHeader("Content-Length", Buffer.byteLength(text));
  if (res.req.method === "HEAD") res.end();
  else res.end(text);
  return res;
}
