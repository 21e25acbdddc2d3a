import { createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import { removeActor } from "../auth/remove-actor";
import { deleteUsersWorkflow } from "./users";

/** Deletes a user; the identity that logged in as one stays, without access. */
export const removeUserAccountWorkflow = createWorkflow("remove-user-account", (input: { userId: string }) => {
  const ids = transform({ input }, ({ input }) => [input.userId]);
  removeActor("user", input.userId, () => deleteUsersWorkflow.runAsStep({ input: { ids } }));
  return new WorkflowResponse(input.userId);
});
