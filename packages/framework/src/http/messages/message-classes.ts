import express from "express";
import type { Express } from "express";
import { randomUUID } from "node:crypto";
import { IncomingMessage, ServerResponse } from "node:http";
import type { Container } from "@velella/kernel";
import { closeSession, cookieToSend, openSession } from "../session/open-session";
import type { Session, SessionHost } from "../session/session";
import type { ServerContext } from "../types";
import { queryOfUrl } from "./query-string";
import { sendJson } from "./send-json";

const scopeKey = Symbol("velella.scope");
const queryKey = Symbol("velella.query");
const localsKey = Symbol("velella.locals");
const requestIdKey = Symbol("velella.requestId");
const sessionKey = Symbol("velella.session");
const contextKey = Symbol("velella.server");

/** The classes that a `node:http` server makes its messages from, and the Express app that they belong to. */
export interface MessageClasses {
  app: Express;
  IncomingMessage: typeof IncomingMessage;
  ServerResponse: typeof ServerResponse;
}

/** What the server of a request shares with all of them; undefined inside another Express app. */
export function serverContextOf(req: object): (ServerContext & { sessions: SessionHost }) | undefined {
  return (req as Record<symbol, ServerContext & { sessions: SessionHost }>)[contextKey];
}

/** The session of a request if it has been used or loaded, without making one. */
export function sessionOf(req: object): Session | undefined {
  return (req as Record<symbol, Session | undefined>)[sessionKey];
}

/** Puts a loaded session in place, or takes it away. */
export function setSession(req: object, session: Session | undefined): void {
  (req as Record<symbol, Session | undefined>)[sessionKey] = session;
}

/**
 * Makes request and response classes whose prototype chains are those of an Express 5 app, so that published
 * Express middlewares find `req.app`, `req.get`, `res.json` and the rest where they expect them.
 */
export function createMessageClasses(context: ServerContext & { sessions: SessionHost }): MessageClasses {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", (text: string) => queryOfUrl(`?${text}`));
  app.set("trust proxy", context.http.trustProxy ?? false);

  class AppIncomingMessage extends IncomingMessage {
    [scopeKey]?: Container;
    [queryKey]?: unknown;
    [requestIdKey]?: string;
    [sessionKey]?: Session;

    get scope(): Container {
      return (this[scopeKey] ??= context.container.createScope());
    }
    set scope(value: Container) {
      this[scopeKey] = value;
    }

    /** Parsed when first read, and writable as in Express 4. */
    get query(): unknown {
      return (this[queryKey] ??= queryOfUrl(this.url ?? ""));
    }
    set query(value: unknown) {
      this[queryKey] = value;
    }

    get requestId(): string {
      return (this[requestIdKey] ??= requestIdOf(this));
    }
    set requestId(value: string) {
      this[requestIdKey] = value;
    }

    get session(): Session | undefined {
      return (this[sessionKey] ??= openSession(this, context.sessions));
    }
    set session(value: Session | undefined) {
      this[sessionKey] = value;
    }

    get sessionID(): string | undefined {
      return this.session?.id;
    }

    get remoteQueryConfig(): unknown {
      return (this as { queryConfig?: unknown }).queryConfig;
    }
    set remoteQueryConfig(value: unknown) {
      (this as { queryConfig?: unknown }).queryConfig = value;
    }
  }

  class AppServerResponse extends ServerResponse {
    [localsKey]?: Record<string, unknown>;

    get locals(): Record<string, unknown> {
      return (this[localsKey] ??= Object.create(null) as Record<string, unknown>);
    }
    set locals(value: Record<string, unknown>) {
      this[localsKey] = value;
    }

    json(body: unknown): this {
      return sendJson(this, body);
    }

    /** The session's cookie goes out with the headers, also when the body is streamed or compressed. */
    override writeHead(...args: unknown[]): this {
      const session = this.headersSent ? undefined : sessionOf(this.req);
      const cookie = session && cookieToSend(session, this.req, context.sessions);
      const rest = cookie ? withCookie(this, args, cookie) : args;
      return super.writeHead(...(rest as Parameters<ServerResponse["writeHead"]>));
    }

    /** A used session is stored before the client can act on the answer. */
    override end(...args: unknown[]): this {
      const send = () => super.end(...(args as Parameters<ServerResponse["end"]>));
      const session = sessionOf(this.req);
      if (!session || this.writableEnded) return send();
      closeSession(session, context.sessions, send);
      return this;
    }
  }

  Object.setPrototypeOf(AppIncomingMessage.prototype, app.request);
  Object.setPrototypeOf(AppServerResponse.prototype, app.response);
  Object.defineProperty(AppIncomingMessage.prototype, contextKey, { value: context });
  // What is mounted on the app inherits from these.
  app.request = AppIncomingMessage.prototype as unknown as typeof app.request;
  app.response = AppServerResponse.prototype as unknown as typeof app.response;
  return { app, IncomingMessage: AppIncomingMessage, ServerResponse: AppServerResponse as unknown as typeof ServerResponse };
}

/**
 * Adds a cookie to a response whose headers go out now.
 *
 * @returns What is left of the arguments of `writeHead`: headers given there would replace cookies that are set already.
 */
function withCookie(res: ServerResponse, args: unknown[], cookie: string): unknown[] {
  const given = args.at(-1);
  const separate = typeof given === "object" && given !== null;
  if (separate) for (const [name, value] of headersOf(given)) res.setHeader(name, value);
  res.appendHeader("Set-Cookie", cookie);
  return separate ? args.slice(0, -1) : args;
}

/** Headers as `writeHead` takes them: an object, or a flat list of names and values. */
function headersOf(given: object): [string, string | number | string[]][] {
  if (!Array.isArray(given)) return Object.entries(given as Record<string, string>).filter(([, value]) => value !== undefined);
  const headers = new Map<string, string | string[]>();
  for (let index = 0; index + 1 < given.length; index += 2) {
    const [name, value] = given.slice(index, index + 2) as [string, string];
    headers.set(name, headers.has(name) ? [headers.get(name) as string, value].flat() : value);
  }
  return [...headers];
}

/** The id that a client or proxy gave, when it is a plain one, or a new one. */
function requestIdOf(req: IncomingMessage): string {
  const given = req.headers["x-request-id"];
  return typeof given === "string" && /^[\w.:/+=-]{1,128}$/.test(given) ? given : randomUUID();
}
