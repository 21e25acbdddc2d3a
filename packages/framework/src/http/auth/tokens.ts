import { sign, verify } from "jsonwebtoken";
import type { Secret, SignOptions, VerifyOptions } from "jsonwebtoken";
import { httpErrors } from "../errors";
import type { AuthContext, HttpConfig } from "../types";

/** How long a token is valid when the config says nothing. */
export const defaultTokenLifetime = "1d";

export interface TokenOptions {
  /** Secret of HS256, or the private key of another algorithm that `jwtOptions` names. */
  secret?: Secret;
  /** Seconds, or text such as "1d" (the default). */
  expiresIn?: string | number;
  jwtOptions?: SignOptions;
}

/**
 * Signs a token. Throws `http.missing_jwt_secret` without a secret.
 *
 * @param claims What the token says; `iat` and `exp` of a token that is signed anew are replaced.
 */
export function generateJwtToken(claims: object, options: TokenOptions): string {
  if (!options.secret) throw httpErrors.missingJwtSecret();
  const { iat: _iat, exp: _exp, ...kept } = claims as Record<string, unknown>;
  const expiresIn = options.expiresIn ?? options.jwtOptions?.expiresIn ?? defaultTokenLifetime;
  return sign(kept, options.secret, { ...options.jwtOptions, expiresIn: expiresIn as NonNullable<SignOptions["expiresIn"]> });
}

/** Signs a token with the secret, lifetime and options of the config. */
export function generateTokenFor(claims: object, http: HttpConfig): string {
  return generateJwtToken(claims, { secret: http.jwtSecret, expiresIn: http.jwtExpiresIn, jwtOptions: http.jwtOptions });
}

/** What of an auth identity goes into a token. */
export interface TokenIdentity {
  id: string;
  app_metadata?: Record<string, unknown> | null;
  provider_identities?: { provider?: string; user_metadata?: Record<string, unknown> | null }[];
}

/**
 * The claims of an actor's token.
 *
 * @returns `actor_id` is empty as long as no actor of this type belongs to the identity.
 */
export function tokenClaims(identity: TokenIdentity, actorType: string, provider: string): AuthContext {
  const key = `${actorType}_id`;
  const actorId = identity.app_metadata?.[key];
  const registered = typeof actorId === "string" && actorId !== "";
  const own = identity.provider_identities?.find((candidate) => candidate.provider === provider);
  return {
    actor_id: registered ? actorId : "",
    actor_type: actorType,
    auth_identity_id: identity.id,
    auth_provider: provider,
    mfa_enabled: false,
    mfa_challenge_completed_at: null,
    app_metadata: registered ? { [key]: actorId } : {},
    user_metadata: own?.user_metadata ?? {},
  };
}

/** The claims of a valid token; undefined when it is malformed, forged or expired. */
export function verifyToken(token: string, http: HttpConfig): AuthContext | undefined {
  const key = http.jwtPublicKey ?? http.jwtSecret;
  if (!key) throw httpErrors.missingJwtSecret();
  // Without a list of algorithms a token could choose how it wants to be verified.
  const algorithms = http.jwtPublicKey ? algorithmsOf(http, "RS256") : algorithmsOf(http, "HS256");
  try {
    const claims = verify(token, key, { algorithms, ...(http.jwtVerifyOptions as VerifyOptions | undefined), complete: false });
    return typeof claims === "object" ? (claims as unknown as AuthContext) : undefined;
  } catch {
    // Every failure means the same to the client: not authenticated.
    return undefined;
  }
}

function algorithmsOf(http: HttpConfig, fallback: "RS256" | "HS256"): NonNullable<VerifyOptions["algorithms"]> {
  const named = (http.jwtOptions as SignOptions | undefined)?.algorithm;
  return [named ?? fallback];
}
