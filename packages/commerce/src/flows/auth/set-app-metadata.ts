import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "@velella/workflows";
import { authErrors } from "../../modules/auth/errors";
import type { AuthIdentityRecord } from "../../modules/auth/types";

/**
 * Which actor an identity becomes.
 *
 * @throws `not_found` from the step, where there is no such identity; `invalid_data` where it is an actor of this type already
 */
export interface SetAuthAppMetadataInput {
  authIdentityId: string;
  /** Such as `customer`; the identity's key is `customer_id`. */
  actorType: string;
  /** Id of the actor; null takes it away. */
  value: string | null;
}

interface Undo {
  id: string;
  key: string;
  value: unknown;
}

/** Says which actor an identity is; undone by writing what it was. */
export const setAuthAppMetadataStep = createStep(
  { name: "set-auth-app-metadata", transactional: "shared" },
  async ({ authIdentityId, actorType, value }: SetAuthAppMetadataInput, { container, context }) => {
    const auth = container.resolve("auth");
    const key = `${actorType}_id`;
    const identity = (await auth.retrieveAuthIdentity(authIdentityId, {}, context)) as unknown as AuthIdentityRecord;
    const former = identity.app_metadata?.[key];
    if (former !== undefined && value !== null) throw authErrors.alreadyActor(key);
    const updated: AuthIdentityRecord = await auth.updateAuthIdentities(
      { id: authIdentityId, app_metadata: withKey(identity, key, value) },
      context,
    );
    const undo: Undo = { id: authIdentityId, key, value: former ?? null };
    return new StepResponse(updated, undo);
  },
  async (undo, { container, context }) => {
    if (!undo) return;
    const auth = container.resolve("auth");
    const identity = (await auth.retrieveAuthIdentity(undo.id, {}, context)) as unknown as AuthIdentityRecord;
    await auth.updateAuthIdentities({ id: undo.id, app_metadata: withKey(identity, undo.key, undo.value) }, context);
  },
);

function withKey({ app_metadata }: AuthIdentityRecord, key: string, value: unknown): Record<string, unknown> {
  const { [key]: _former, ...rest } = app_metadata ?? {};
  return value === null ? rest : { ...rest, [key]: value };
}

/** Says which actor an identity is. */
export const setAuthAppMetadataWorkflow = createWorkflow(
  "set-auth-app-metadata-workflow",
  (input: SetAuthAppMetadataInput) => new WorkflowResponse(setAuthAppMetadataStep(input)),
);
