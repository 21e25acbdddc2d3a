import { sign, verify } from "jsonwebtoken";
import type { Algorithm, SignOptions, VerifyOptions } from "jsonwebtoken";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { httpErrors } from "../errors";
import type { AuthContext, HttpConfig } from "../types";

/** How long a token is valid unless the config says otherwise. */
export const defaultTokenLifetime = "1d";

/** How a token is signed. */
export interface TokenOptions {
  /** The shared secret (HS256), or a private key in PEM when `jwtOptions.algorithm` names an asymmetric algorithm. */
  secret?: string;
  /** Seconds, or text such as "1d", which is the default; `jwtOptions.expiresIn` comes first. */
  expiresIn?: string | number;
  /** Options for signing, as `jsonwebtoken` takes them. */
  jwtOptions?: Record<string, unknown>;
}

/** The part of an auth identity that tokens are made from. */
export interface TokenIdentity {
  id: string;
  /** Holds the id of the actor under `<actor type>_id`, once it is registered. */
  app_metadata?: Record<string, unknown> | null;
  /** Of the provider that was used, the `user_metadata` goes into the token. */
  provider_identities?: readonly { provider: string; user_metadata?: Record<string, unknown> | null }[];
}

/** The options of `sign` that write a claim. `sign` refuses a payload that has the claim already. */
const claimOfOption = { issuer: "iss", audience: "aud", subject: "sub", jwtid: "jti", notBefore: "nbf" } as const;

/**
 * Signs a token. Claims of an earlier token may be passed on: times and what the options set are replaced.
 *
 * @throws `http.missing_jwt_secret` without a secret.
 */
export function generateJwtToken(claims: object, options: TokenOptions): string {
  const { secret, jwtOptions = {}, expiresIn = defaultTokenLifetime } = options;
  if (!secret) throw httpErrors.missingJwtSecret();
  const settings = { expiresIn, ...jwtOptions } as SignOptions;
  const payload: Record<string, unknown> = { ...claims };
  delete payload.iat;
  delete payload.exp;
  for (const [option, claim] of Object.entries(claimOfOption)) if (option in settings) delete payload[claim];
  return sign(payload, secret, settings);
}

/**
 * Signs a token as the config of an app says.
 *
 * @throws `http.missing_jwt_secret` when the config has no `jwtSecret`.
 */
export function generateTokenFor(claims: object, http: HttpConfig): string {
  const { jwtSecret, jwtPublicKey, jwtExpiresIn, jwtOptions } = http;
  return generateJwtToken(claims, {
    ...(jwtSecret === undefined ? {} : { secret: jwtSecret }),
    ...(jwtExpiresIn === undefined ? {} : { expiresIn: jwtExpiresIn }),
    jwtOptions: jwtPublicKey && jwtSecret ? { algorithm: algorithmOf(jwtSecret), ...jwtOptions } : (jwtOptions ?? {}),
  });
}

/**
 * What a token says of an identity as an actor of a type.
 *
 * @param actorType Such as "user" or "customer".
 * @param provider The auth provider that vouched for the identity.
 */
export function tokenClaims(identity: TokenIdentity, actorType: string, provider: string): AuthContext {
  const idKey = `${actorType}_id`;
  const actorId = identity.app_metadata?.[idKey];
  const registered = typeof actorId === "string" && actorId !== "";
  const proof = identity.provider_identities?.find((candidate) => candidate.provider === provider);
  return {
    actor_id: registered ? actorId : "",
    actor_type: actorType,
    auth_identity_id: identity.id,
    auth_provider: provider,
    mfa_enabled: false,
    mfa_challenge_completed_at: null,
    app_metadata: registered ? { [idKey]: actorId } : {},
    user_metadata: proof?.user_metadata ?? {},
  };
}

/**
 * The claims of a token; undefined when it is malformed, forged, expired, or signed in another way than the
 * config says.
 *
 * @throws `http.missing_jwt_secret` when the config has neither `jwtSecret` nor `jwtPublicKey`.
 */
export function verifyToken(token: string, http: HttpConfig): AuthContext | undefined {
  const { jwtSecret, jwtPublicKey, jwtVerifyOptions } = http;
  if (!jwtSecret && !jwtPublicKey) throw httpErrors.missingJwtSecret();
  // Read outside of the part below, so that a key that is not one is reported instead of refusing every token.
  const key = jwtPublicKey ? createPublicKey(jwtPublicKey) : (jwtSecret as string);
  const options: VerifyOptions = { ...acceptedAlgorithms(http), ...jwtVerifyOptions, complete: false };
  try {
    const claims = verify(token, key, options);
    return typeof claims === "object" ? (claims as unknown as AuthContext) : undefined;
  } catch {
    // A token that does not even parse is refused like one with a wrong signature, whatever the library throws.
    return undefined;
  }
}

/** Only what the config signs with is accepted; for a public key without a named algorithm, what suits its kind. */
function acceptedAlgorithms({ jwtPublicKey, jwtOptions }: HttpConfig): VerifyOptions {
  const named = jwtOptions?.algorithm as Algorithm | undefined;
  if (named) return { algorithms: [named] };
  return jwtPublicKey ? {} : { algorithms: ["HS256"] };
}

const algorithmOfCurve: Record<string, Algorithm | undefined> = { prime256v1: "ES256", secp384r1: "ES384", secp521r1: "ES512" };

/** The algorithm that a private key is for. */
function algorithmOf(privateKey: string): Algorithm {
  const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(privateKey);
  if (asymmetricKeyType === "rsa-pss") return "PS256";
  return algorithmOfCurve[asymmetricKeyDetails?.namedCurve ?? ""] ?? "RS256";
}
