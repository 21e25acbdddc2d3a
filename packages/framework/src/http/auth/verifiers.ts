import type { Container } from "@velella/kernel";
import { httpErrors } from "../errors";
import type { PublishableKeyContext } from "../types";

/** Checks secret API keys. Registered in the container as `api_key_verifier`. */
export interface ApiKeyVerifier {
  /**
   * @param token The key as the client sent it.
   * @returns The key's id and owner; null when it is unknown, revoked or not a secret one.
   */
  verifySecretKey(token: string): Promise<{ id: string; created_by: string } | null>;
}

/** Checks publishable API keys. Registered in the container as `publishable_key_verifier`. */
export interface PublishableKeyVerifier {
  /**
   * @param token The key from the header `x-publishable-api-key`.
   * @returns The key and its sales channels; null when it is unknown, revoked or not a publishable one.
   */
  verifyPublishableKey(token: string): Promise<PublishableKeyContext | null>;
}

/** Names under which the verifiers are registered in the app's container. */
export const HttpRegistrationKeys = {
  API_KEY_VERIFIER: "api_key_verifier",
  PUBLISHABLE_KEY_VERIFIER: "publishable_key_verifier",
} as const;

/** @throws `http.missing_verifier` when the app has none, so that a key is not taken for a wrong one. */
export function apiKeyVerifierOf(container: Container): ApiKeyVerifier {
  return verifierOf<ApiKeyVerifier>(container, HttpRegistrationKeys.API_KEY_VERIFIER, "A secret API key");
}

/** @throws `http.missing_verifier` when the app has none, so that a key is not taken for a wrong one. */
export function publishableKeyVerifierOf(container: Container): PublishableKeyVerifier {
  return verifierOf<PublishableKeyVerifier>(container, HttpRegistrationKeys.PUBLISHABLE_KEY_VERIFIER, "A publishable API key");
}

function verifierOf<T>(container: Container, name: string, what: string): T {
  const verifier = container.resolve<T | undefined>(name, { allowUnregistered: true });
  if (!verifier) throw httpErrors.missingVerifier(what, name);
  return verifier;
}
