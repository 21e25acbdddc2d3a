import { createHook, createStep, createWorkflow, StepResponse, WorkflowResponse } from "@velella/workflows";
import { removeRemoteLinkStep } from "@velella/framework";
import type { ApiKeyRecord } from "../../modules/api-key/types";
import type { ApiKeyType } from "../../modules/api-key/token";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/** A key to be made; its token is made up. */
export interface CreateApiKeyInput {
  title: string;
  type: ApiKeyType;
  /** Id of the user who made it. */
  created_by: string;
}

/** Creates keys; undone by deleting them. */
export const createApiKeysStep = createRecordsStep<CreateApiKeyInput, ApiKeyRecord>("create-api-keys", "api_key", "ApiKeys");
/** Changes keys; undone by writing what they were. */
export const updateApiKeysStep = updateRecordsStep<{ title?: string }, ApiKeyRecord>("update-api-keys", "api_key", "ApiKeys");
/** Deletes keys that are revoked, softly; undone by restoring them. */
export const deleteApiKeysStep = deleteRecordsStep("delete-api-keys", "api_key", "ApiKeys");

/**
 * Which keys end, by filters, and when: `revoke_in` is in seconds, and at once without it. `revoked_by` is the id of a user.
 */
export interface RevokeApiKeysInput {
  selector: Record<string, unknown>;
  revoke: { revoked_by: string; revoke_in?: number };
}

/** Ends the validity of keys, now or in `revoke_in` seconds. Whoever revoked a key meant it, so that it is not undone. */
export const revokeApiKeysStep = createStep(
  { name: "revoke-api-keys", transactional: "shared" },
  async ({ selector, revoke }: RevokeApiKeysInput, { container, context }) => {
    const revoked = await container.resolve("api_key").revoke(selector, revoke, context);
    return new StepResponse([revoked].flat());
  },
);

/** Creates API keys; the result has their tokens in clear, for the only time. */
export const createApiKeysWorkflow = createWorkflow("create-api-keys", (input: { api_keys: CreateApiKeyInput[] }) => {
  const apiKeys = createApiKeysStep(input.api_keys);
  const apiKeysCreated = createHook("apiKeysCreated", { apiKeys });
  return new WorkflowResponse(apiKeys, { hooks: [apiKeysCreated] });
});

/** Renames API keys. */
export const updateApiKeysWorkflow = createWorkflow(
  "update-api-keys",
  (input: { selector: Record<string, unknown>; update: { title?: string } }) => new WorkflowResponse(updateApiKeysStep(input)),
);

/** Revokes API keys. */
export const revokeApiKeysWorkflow = createWorkflow("revoke-api-keys", (input: RevokeApiKeysInput) => {
  return new WorkflowResponse(revokeApiKeysStep(input));
});

/** Deletes API keys that are revoked. */
export const deleteApiKeysWorkflow = createWorkflow("delete-api-keys", (input: { ids: string[] }) => {
  deleteApiKeysStep(input.ids);
  removeRemoteLinkStep({ api_key: { publishable_key_id: input.ids } });
  return new WorkflowResponse(undefined);
});
