import { createWorkflow, transform, when, WorkflowResponse } from "@velella/workflows";
import { findActorIdentityStep } from "../auth/remove-actor";
import { setAuthAppMetadataStep } from "../auth/set-app-metadata";
import { deleteUsersWorkflow } from "./users";

/** Deletes a user; the identity that logged in as one stays, without access. */
export const removeUserAccountWorkflow = createWorkflow("remove-user-account", (input: { userId: string }) => {
  const identity = findActorIdentityStep({ key: "user_id", value: input.userId });
  deleteUsersWorkflow.runAsStep({ input: { ids: transform({ input }, ({ input }) => [input.userId]) } });
  when("has-identity", { identity }, ({ identity }) => !!identity).then(() => {
    setAuthAppMetadataStep({
      authIdentityId: transform({ identity }, ({ identity }) => (identity as { id: string }).id),
      actorType: "user",
      value: null,
    });
  });
  return new WorkflowResponse(input.userId);
});
