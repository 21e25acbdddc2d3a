import { serverContextOf } from "../messages/message-classes";
import type { AppRequest, AppResponse, AuthContext, Middleware, NextFunction, ServerContext } from "../types";
import { verifyToken } from "./tokens";
import { apiKeyVerifierOf } from "./verifiers";

/** Ways to prove who one is: a bearer token, the session cookie, or a secret API key as HTTP Basic user name. */
export type AuthType = "bearer" | "session" | "api-key";

/** Whom {@link authenticate} lets pass beside actors with a proof. All are off by default. */
export interface AuthenticateOptions {
  /** Lets requests without proof pass, without `req.auth_context`. */
  allowUnauthenticated?: boolean;
  /** Accepts identities that have no actor yet (`actor_id` is empty). */
  allowUnregistered?: boolean;
  /** Demands a second factor, proved at most `maxAgeSeconds` ago when that is given. */
  requireMfa?: boolean | { maxAgeSeconds: number };
}

/**
 * A middleware that finds out who sends the request, and answers 401 `{"message":"Unauthorized"}` otherwise.
 *
 * @param actorType Accepted types of actor, such as "user" or "customer"; "*" for all.
 * @param authType Accepted proofs.
 */
export function authenticate(actorType: string | string[], authType: AuthType | AuthType[], options: AuthenticateOptions = {}): Middleware {
  const actors = [actorType].flat();
  const types = [authType].flat();
  const accepts = (claims: AuthContext | undefined): claims is AuthContext =>
    claims !== undefined &&
    (actors.includes("*") || actors.includes(claims.actor_type)) &&
    (Boolean(claims.actor_id) || options.allowUnregistered === true) &&
    hasSecondFactor(claims, options.requireMfa);

  const check = async (req: AppRequest, res: AppResponse, next: NextFunction): Promise<void> => {
    const server = serverContextOf(req) as ServerContext;
    if (types.includes("api-key")) {
      const key = basicUser(req);
      const found = key ? await apiKeyVerifierOf(server.container).verifySecretKey(key) : null;
      if (found) {
        req.auth_context = { actor_id: found.id, actor_type: "api-key", auth_identity_id: "", app_metadata: {} };
        req.secret_key_context = { created_by: found.created_by };
        return next();
      }
    }
    const claims = claimsOf(req, types, server, accepts);
    if (claims) {
      req.auth_context = claims;
      return next();
    }
    if (options.allowUnauthenticated) return next();
    res.status(401).json({ message: "Unauthorized" });
  };
  Object.defineProperty(check, "name", { value: `authenticate(${actors.join("|")}: ${types.join(", ")})` });
  return check;
}

function claimsOf(
  req: AppRequest,
  types: AuthType[],
  server: ServerContext,
  accepts: (claims: AuthContext | undefined) => claims is AuthContext,
): AuthContext | undefined {
  if (types.includes("session") && req.headers.cookie) {
    const claims = req.session.auth_context;
    if (accepts(claims)) return claims;
  }
  if (!types.includes("bearer")) return undefined;
  const token = credentials(req, "bearer");
  const claims = token ? verifyToken(token, server.http) : undefined;
  return accepts(claims) ? claims : undefined;
}

function hasSecondFactor(claims: AuthContext, required: AuthenticateOptions["requireMfa"]): boolean {
  if (!required) return true;
  const provedAt = claims.mfa_challenge_completed_at ? new Date(claims.mfa_challenge_completed_at).getTime() : Number.NaN;
  if (Number.isNaN(provedAt)) return false;
  return required === true || Date.now() - provedAt <= required.maxAgeSeconds * 1000;
}

/** The user name of an HTTP Basic header. */
function basicUser(req: AppRequest): string | undefined {
  const encoded = credentials(req, "basic");
  if (!encoded) return undefined;
  // Some clients send the key as it is; a key is no valid base64, for it has an underscore.
  if (encoded.startsWith("sk_")) return encoded.split(":", 1)[0];
  const text = Buffer.from(encoded, "base64").toString("utf8");
  return text.split(":", 1)[0] || undefined;
}

function credentials(req: AppRequest, scheme: string): string | undefined {
  const header = req.headers.authorization;
  if (!header) return undefined;
  const space = header.indexOf(" ");
  return header.slice(0, space).toLowerCase() === scheme ? header.slice(space + 1).trim() : undefined;
}
