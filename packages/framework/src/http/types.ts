import type { OrderBy } from "@velella/data";
import type { Container, Logger } from "@velella/kernel";
import type { NextFunction as ExpressNextFunction, Request as ExpressRequest, Response as ExpressResponse } from "express";
import type { Session } from "./session/session";

/** The methods that a route file may export a handler for. */
export const routeMethods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"] as const;

/** One of {@link routeMethods}. Where a route has no handler for `HEAD`, that for `GET` answers. */
export type RouteMethod = (typeof routeMethods)[number];

/** A method that a middleware can be limited to; `ALL` and `USE` mean every one. */
export type MiddlewareVerb = RouteMethod | "ALL" | "USE";

/** What a query understands of a request: which fields, which page, in which order. */
export interface QueryConfig {
  /** As `fields` of `query.graph`: what the request chose, within what the route allows. */
  fields: string[];
  /** `skip` and `take` are missing on routes that give one record. */
  pagination: {
    /** Leaves out so many rows. */
    skip?: number;
    /** At most so many rows. */
    take?: number;
    /** For example `{ title: "DESC" }`, or nested by relation. */
    order?: OrderBy;
  };
  /** True when soft-deleted rows are asked for. */
  withDeleted?: boolean;
}

/** Who sends the request: the claims of the token, session or key that was accepted. */
export interface AuthContext {
  /** Id of the user, customer or key; empty before the registration is completed. */
  actor_id: string;
  /** Such as `user` or `customer`; `api-key` for a secret key. */
  actor_type: string;
  /** Id of the identity that logged in; empty for a secret key. */
  auth_identity_id: string;
  /** Id of the provider that proved the identity; undefined for a secret key. */
  auth_provider?: string;
  /** The id of the actor under its key, such as `{ customer_id: "cus_1" }`; empty before the registration is completed. */
  app_metadata: Record<string, unknown>;
  user_metadata?: Record<string, unknown>;
  mfa_enabled?: boolean;
  /** When the second factor was proved (ISO date or epoch milliseconds); null when it was not. */
  mfa_challenge_completed_at?: string | number | null;
}

/** The publishable key of a store request that was accepted, and the ids of the sales channels it stands for. */
export interface PublishableKeyContext {
  key: string;
  sales_channel_ids: string[];
}

/** Who made the secret API key that was accepted: the id of an actor, as a rule a user. */
export interface SecretKeyContext {
  created_by: string;
}

/** A schema as it is handed to validators that accept `additional_data`: zod 3 or zod 4, recognised by structure. */
export type SchemaLike = object;

/** The request that handlers and middlewares get: Express's own, with what the framework adds. */
export interface AppRequest<Body = unknown, Query = Record<string, unknown>> extends ExpressRequest<Record<string, string>, unknown, Body> {
  /** A container of this request's own, made when first used. */
  scope: Container;
  /** The body after `validateAndTransformBody`. */
  validatedBody: Body;
  /** The query string after `validateAndTransformQuery`. */
  validatedQuery: Query;
  /** Fields, page and order for `query.graph`, after `validateAndTransformQuery`. */
  queryConfig: QueryConfig;
  /** The same object as `queryConfig`. */
  remoteQueryConfig: QueryConfig;
  /** `validatedQuery` without fields, page and order. */
  filterableFields: Record<string, unknown>;
  /** The session of the client's cookie, or a new one that is kept once something is stored in it. */
  session: Session;
  /** The same as `session.id`. */
  sessionID?: string;
  /** The bytes of the body, where `bodyParser: { preserveRawBody: true }` asks for them. */
  rawBody?: Buffer;
  /** Undefined where no `authenticate` ran, or it let a request without proof pass. */
  auth_context?: AuthContext;
  /** Undefined where the section asks for no publishable key. */
  publishable_key_context?: PublishableKeyContext;
  /** Undefined where the request was not proved by a secret key. */
  secret_key_context?: SecretKeyContext;
  pricingContext?: Record<string, unknown>;
  /** From the header `x-request-id`, or new. */
  requestId: string;
  locale?: string;
  /** Names of relations that `fields` may not ask for in this section, unless the route allows them itself. */
  restrictedFields?: readonly string[];
  /** What the app accepts as `additional_data` on this route. */
  additionalDataValidator?: SchemaLike;
}

/** A request that has passed `authenticate`. */
export interface AuthenticatedAppRequest<Body = unknown, Query = Record<string, unknown>> extends AppRequest<Body, Query> {
  auth_context: AuthContext;
}

/** A store request: its publishable key has been checked. */
export interface StoreAppRequest<Body = unknown, Query = Record<string, unknown>> extends AppRequest<Body, Query> {
  publishable_key_context: PublishableKeyContext;
}

/** The response that handlers and middlewares get: Express's own. */
export type AppResponse<Body = unknown> = ExpressResponse<Body>;

/** Express's own: passes on to what comes next, or with an error to the error handler. */
export type NextFunction = ExpressNextFunction;

/** A middleware: ours, or any published for Express. Parameters are compared both ways, so that narrower request types fit. */
export type Middleware = {
  method(req: AppRequest, res: AppResponse, next: NextFunction): unknown;
}["method"];

/** Answers a request. What it returns is ignored; a rejection goes to the error handler. */
export type RouteHandler<Body = unknown, Result = unknown> = {
  method(req: AppRequest<Body>, res: AppResponse<Result>, next: NextFunction): unknown;
}["method"];

/** Turns an error into an answer. */
export type ErrorHandler = {
  method(error: unknown, req: AppRequest, res: AppResponse, next: NextFunction): unknown;
}["method"];

/** How the body of matching requests is read; `false` leaves it to the handler. */
export type ParserConfig =
  | false
  | {
      /** Largest body, as bytes or text such as "2mb"; "100kb" by default. */
      sizeLimit?: string | number;
      /** Keeps the bytes as `req.rawBody`. */
      preserveRawBody?: boolean;
    };

/** One entry of `defineMiddlewares`. */
export interface MiddlewareRoute {
  /**
   * Which paths: a pattern ("/store*", "/custom/:id") or a RegExp.
   * Without methods it is a prefix, with methods the whole path.
   */
  matcher: string | RegExp;
  /** The older name of `methods`. */
  method?: MiddlewareVerb | MiddlewareVerb[];
  /** Limits it to these, and to the whole path; without them it runs for every method. */
  methods?: MiddlewareVerb[];
  /** By default bodies of at most 100 kB are parsed. */
  bodyParser?: ParserConfig;
  /** Fields that the app accepts as `additional_data` on this route. */
  additionalDataValidator?: Record<string, SchemaLike>;
  /** In the order in which they run, before the route's own. */
  middlewares?: Middleware[];
}

/** What `middlewares.ts` exports. */
export interface MiddlewaresConfig {
  /** In the order in which they run; none by default. */
  routes?: MiddlewareRoute[];
  /** Replaces the default error handler. */
  errorHandler?: false | ErrorHandler;
}

/** The part of `projectConfig.http` that this layer reads. */
export interface HttpConfig {
  /** Compresses answers where the client accepts it; off unless `enabled`. The rest is as zlib and `compression` take it. */
  compression?: { enabled?: boolean; level?: number; memLevel?: number; threshold?: number | string };
  /** Allowed origins, separated by commas; `/…/` is a regular expression. */
  storeCors?: string;
  /** As `storeCors`, for `/admin`. */
  adminCors?: string;
  /** As `storeCors`, for `/auth`. */
  authCors?: string;
  /** Secret that tokens are signed with (HS256), or the private key when `jwtPublicKey` is set. */
  jwtSecret?: string;
  /** Verifies tokens that were signed with the private key that belongs to it. */
  jwtPublicKey?: string;
  /** Options for signing, as `jsonwebtoken` takes them. */
  jwtOptions?: Record<string, unknown>;
  /** Options for verifying, as `jsonwebtoken` takes them. */
  jwtVerifyOptions?: Record<string, unknown>;
  /** Lifetime of tokens, such as "1d" (the default) or seconds. */
  jwtExpiresIn?: string | number;
  /** Secret that the session cookie is signed with. */
  cookieSecret?: string;
  /** Names that `fields` may not have anywhere in a path on store routes, unless the route allows them itself. */
  restrictedFields?: { store?: string[] };
  /** Express's setting "trust proxy": false (the default), true, a number of hops, or addresses. */
  trustProxy?: boolean | number | string;
}

/** What every request of a server can reach. */
export interface ServerContext {
  container: Container;
  logger: Logger;
  http: HttpConfig;
}
