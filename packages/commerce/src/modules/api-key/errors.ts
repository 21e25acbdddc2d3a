import { defineErrors } from "@velella/kernel";

/** What the module of API keys refuses. */
export const apiKeyErrors = defineErrors("api_key", {
  notRevoked: {
    type: "not_allowed",
    message: (ids: readonly string[]) => `Cannot delete api keys that are not revoked - ${ids.join(", ")}`,
    hint: () => "Revoke the key first: POST /admin/api-keys/:id/revoke.",
  },
  secretKeyExists: {
    type: "invalid_data",
    message: () => "You can only create one secret key at a time.",
  },
});
