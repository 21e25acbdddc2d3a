import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { newSession, Session, stateOf, storeSession } from "./session";
import type { CookieOptions, SessionHost, SessionOptions } from "./session";
import { readSessionId, sessionCookie } from "./session-cookie";
import { MemorySessionStore } from "./session-store";
import type { SessionStore } from "./session-store";

/** Completes the options of a server's sessions. Without a secret the cookies are worth nothing after a restart. */
export function createSessionHost(
  reportError: (error: unknown) => void,
  options: SessionOptions & { store?: SessionStore; cookie?: CookieOptions } = {},
): SessionHost {
  const production = process.env.NODE_ENV === "production";
  const { cookie = {} } = options;
  return {
    store: options.store ?? new MemorySessionStore(),
    secret: options.secret ?? randomBytes(32).toString("hex"),
    name: options.name ?? "connect.sid",
    ttl: options.ttl ?? 10 * 60 * 60 * 1000,
    rolling: options.rolling ?? false,
    resave: options.resave ?? false,
    saveUninitialized: options.saveUninitialized ?? false,
    reportError,
    cookie: {
      secure: cookie.secure ?? production,
      sameSite: cookie.sameSite ?? (production ? "none" : "lax"),
      httpOnly: cookie.httpOnly ?? true,
      path: cookie.path ?? "/",
      ...(cookie.domain === undefined ? {} : { domain: cookie.domain }),
      ...(cookie.maxAge === undefined ? {} : { maxAge: cookie.maxAge }),
    },
  };
}

/** A new session for a request that came without one. It costs nothing until something is stored in it. */
export function openSession(req: IncomingMessage, host: SessionHost): Session {
  return newSession(host, replacer(req));
}

/** Loads the session of the request's cookie; resolves to undefined when there is none. */
export function loadSession(req: IncomingMessage, host: SessionHost): Promise<Session | undefined> | undefined {
  const id = readSessionId(req, host);
  if (!id) return undefined;
  return host.store.get(id).then((data) => {
    if (!data) return undefined;
    return new Session(data, {
      id,
      host,
      loaded: JSON.stringify(data),
      isNew: false,
      touched: false,
      destroyed: false,
      closed: false,
      replace: replacer(req),
    });
  });
}

/** The `Set-Cookie` value that gives the client its session; undefined when it has it already or needs none. */
export function cookieToSend(session: Session, req: IncomingMessage, host: SessionHost): string | undefined {
  const state = ownState(session);
  if (!state || state.destroyed || !(state.isNew || host.rolling) || !isKept(session, host)) return undefined;
  const secureEnough = !host.cookie.secure || (req as IncomingMessage & { secure?: boolean }).secure === true;
  return secureEnough ? sessionCookie(state.id, host) : undefined;
}

/** Stores the session if need be, then sends the end of the response. */
export function closeSession(session: Session, host: SessionHost, send: () => unknown): void {
  const state = ownState(session);
  if (!state || state.destroyed || state.closed) return void send();
  state.closed = true;
  const changed = JSON.stringify(session) !== state.loaded;
  if (!isKept(session, host) || !(changed || host.resave || host.rolling || state.touched)) return void send();
  storeSession(session).then(send, (error: unknown) => {
    host.reportError(error);
    send();
  });
}

/** A middleware of the app may have put a session of its own kind in place; that one is none of ours to keep. */
function ownState(session: Session) {
  return session instanceof Session ? stateOf(session) : undefined;
}

/** A new session is worth keeping once something is stored in it. */
function isKept(session: Session, host: SessionHost): boolean {
  return !stateOf(session).isNew || host.saveUninitialized || JSON.stringify(session) !== "{}";
}

function replacer(req: IncomingMessage): (session: Session | undefined) => void {
  return (session) => {
    (req as IncomingMessage & { session?: Session }).session = session;
  };
}
