import { generateTokenFor, tokenClaims } from "@velella/framework/http";
import type { AppRequest, HttpConfig } from "@velella/framework/http";
import type { AuthenticationInput, AuthIdentityRecord } from "../../modules/auth/types";
import { apiErrors } from "../errors";

interface HttpSettings extends HttpConfig {
  authMethodsPerActor?: Record<string, string[]>;
}

/** The part of the config that logging in depends on. */
export function httpConfigOf(req: AppRequest): HttpSettings {
  return req.scope.resolve<{ projectConfig: { http: HttpSettings } }>("configModule").projectConfig.http;
}

/**
 * The actor type and provider that a path names.
 *
 * @throws not_allowed when the config does not let the actor type use the provider.
 */
export function methodOf(req: AppRequest): { actorType: string; provider: string } {
  const { actor_type: actorType = "", auth_provider: provider = "" } = req.params;
  const allowed = httpConfigOf(req).authMethodsPerActor?.[actorType];
  if (allowed && !allowed.includes(provider)) throw apiErrors.providerNotAllowed(actorType, provider);
  return { actorType, provider };
}

/** A request as providers see it. */
export function authenticationInput(req: AppRequest): AuthenticationInput {
  return {
    url: req.url,
    headers: req.headers as Record<string, string>,
    query: req.query as Record<string, string>,
    body: (req.body ?? {}) as Record<string, string>,
    protocol: req.protocol,
  };
}

/** A token for an identity as an actor of a type. */
export function tokenFor(req: AppRequest, identity: AuthIdentityRecord, actorType: string, provider: string): string {
  return generateTokenFor(tokenClaims(identity, actorType, provider), httpConfigOf(req));
}
