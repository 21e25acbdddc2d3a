import { defineErrors } from "@velella/kernel";

/** What can go wrong with identities. */
export const authErrors = defineErrors("auth", {
  unknownProvider: {
    type: "invalid_data",
    message: (provider: string, known: readonly string[]) =>
      `Unable to retrieve the auth provider with id: ${provider}. Registered providers: ${known.join(", ") || "none"}.`,
    hint: (provider) => `Add a provider with the id "${provider}" to "providers" in the options of the auth module.`,
  },
  notSupported: {
    type: "not_allowed",
    message: (provider: string, method: string) => `The auth provider "${provider}" does not support ${method}.`,
    hint: (_provider, method) => `Implement ${method} in the provider's class.`,
  },
  identityNotFound: {
    type: "not_found",
    message: (entity: string) => `AuthIdentity with entity_id "${entity}" not found`,
  },
  invalidResetToken: {
    type: "unauthorized",
    message: () => "Invalid token",
  },
  alreadyActor: {
    type: "invalid_data",
    message: (key: string) => `Key ${key} already exists in app metadata`,
    hint: () => "The identity already belongs to an actor of this type. Log in with it, or register another one.",
  },
});
