import { randomBytes } from "node:crypto";
import type { AuthContext } from "../types";
import type { SessionData, SessionStore } from "./session-store";

/** How sessions and their cookie behave. */
export interface SessionOptions {
  /** Name of the cookie; `connect.sid` by default. */
  name?: string;
  /** Secret that the cookie is signed with; `cookieSecret` by default. */
  secret?: string;
  /** Lifetime in milliseconds; 10 hours by default. */
  ttl?: number;
  /** Renews the lifetime with every request; false by default. */
  rolling?: boolean;
  /** Stores the session after every request that has one, changed or not; false by default. */
  resave?: boolean;
  /** Keeps new sessions in which nothing was stored; false by default. */
  saveUninitialized?: boolean;
}

/** Attributes of the session cookie. */
export interface CookieOptions {
  /** Sent over https only; on by default in production. */
  secure?: boolean;
  /** "none" in production by default (shop and server are different sites there), else "lax". */
  sameSite?: boolean | "lax" | "strict" | "none";
  /** Hidden from scripts in the page; true by default. */
  httpOnly?: boolean;
  /** Also sent to the hosts below this one; by default only to the host that set it. */
  domain?: string;
  /** Sent with requests below this path; `/` by default. */
  path?: string;
  /** Lifetime in milliseconds; that of the session by default. */
  maxAge?: number;
}

/** What the sessions of one server share. */
export interface SessionHost {
  store: SessionStore;
  secret: string;
  name: string;
  ttl: number;
  rolling: boolean;
  resave: boolean;
  saveUninitialized: boolean;
  /** Told of a store that fails where nobody waits for it. */
  reportError: (error: unknown) => void;
  cookie: Required<Pick<CookieOptions, "secure" | "sameSite" | "httpOnly" | "path">> & Pick<CookieOptions, "domain" | "maxAge">;
}

type Callback = (error?: unknown) => void;

/** Data that is kept between the requests of one client, with the methods that Express middlewares call. */
export class Session {
  [key: string]: unknown;

  declare auth_context?: AuthContext;
  declare readonly id: string;
  declare readonly cookie: CookieOptions & { originalMaxAge: number; expires: Date };

  constructor(data: SessionData, state: SessionState) {
    // Not enumerable, so that only what is stored in the session is part of its data.
    Object.defineProperty(this, stateKey, { value: state });
    Object.defineProperty(this, "id", { get: () => state.id });
    Object.defineProperty(this, "cookie", {
      get: () => ({ ...state.host.cookie, originalMaxAge: state.host.ttl, expires: new Date(Date.now() + state.host.ttl) }),
      set: () => undefined,
    });
    Object.assign(this, data);
  }

  /** Stores the session now instead of with the end of the response. */
  save(callback?: Callback): this {
    settle(storeSession(this), stateOf(this).host, callback);
    return this;
  }

  /** Ends the session: the next request of the client has none. */
  destroy(callback?: Callback): this {
    const state = stateOf(this);
    state.destroyed = true;
    state.replace(undefined);
    settle(state.host.store.destroy(state.id), state.host, callback);
    return this;
  }

  /** A fresh session under a new id, as one makes on login, so that a known id is worth nothing. */
  regenerate(callback?: Callback): this {
    const state = stateOf(this);
    state.destroyed = true;
    state.replace(newSession(state.host, state.replace));
    settle(state.host.store.destroy(state.id), state.host, callback);
    return this;
  }

  /** Reads the stored data again. */
  reload(callback?: Callback): this {
    const state = stateOf(this);
    const read = state.host.store.get(state.id).then((data) => state.replace(new Session(data ?? {}, { ...state })));
    settle(read, state.host, callback);
    return this;
  }

  /** Renews the lifetime. */
  touch(): this {
    stateOf(this).touched = true;
    return this;
  }
}

/** What a session knows beside its data. */
export interface SessionState {
  id: string;
  host: SessionHost;
  /** The data as it was loaded, as JSON; "{}" for a new session. */
  loaded: string;
  /** True when the client does not have the cookie yet. */
  isNew: boolean;
  touched: boolean;
  destroyed: boolean;
  /** True once the end of the response has dealt with it. */
  closed: boolean;
  replace: (session: Session | undefined) => void;
}

const stateKey = Symbol("velella.sessionState");

/** What {@link Session} hides from enumeration. For sessions that this package made. */
export function stateOf(session: Session): SessionState {
  return (session as unknown as Record<symbol, SessionState>)[stateKey] as SessionState;
}

/** An empty session with a new id. */
export function newSession(host: SessionHost, replace: SessionState["replace"]): Session {
  const id = randomBytes(24).toString("base64url");
  return new Session({}, { id, host, loaded: "{}", isNew: true, touched: false, destroyed: false, closed: false, replace });
}

/** Writes the session to its store. */
export async function storeSession(session: Session): Promise<void> {
  const state = stateOf(session);
  const json = JSON.stringify(session);
  await state.host.store.set(state.id, JSON.parse(json) as SessionData, new Date(Date.now() + state.host.ttl));
  state.loaded = json;
}

function settle(work: Promise<unknown>, host: SessionHost, callback: Callback | undefined): void {
  work.then(() => callback?.(), callback ?? host.reportError);
}
