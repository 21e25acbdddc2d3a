import { emitEventStep, removeRemoteLinkStep } from "@velella/framework";
import { createWorkflow, transform, WorkflowResponse } from "@velella/workflows";
import type { UserRecord } from "../../modules/user/types";
import { setAuthAppMetadataStep } from "../auth/set-app-metadata";
import { createRecordsStep, deleteRecordsStep, updateRecordsStep } from "../records/record-steps";

/**
 * A user to be made; without an identity they cannot log in yet.
 *
 * @throws `invalid_data` from the step, where another user has the address
 */
export interface CreateUserInput {
  id?: string;
  email: string;
  first_name?: string | null;
  last_name?: string | null;
  avatar_url?: string | null;
  metadata?: Record<string, unknown> | null;
}

/** Creates users; undone by deleting them. */
export const createUsersStep = createRecordsStep<CreateUserInput, UserRecord>("create-users-step", "user", "Users");
/** Changes users; undone by writing what they were. */
export const updateUsersStep = updateRecordsStep<Partial<CreateUserInput>, UserRecord>("update-users-step", "user", "Users");
/** Deletes users, softly; undone by restoring them. */
export const deleteUsersStep = deleteRecordsStep("delete-users-step", "user", "Users");

/** Creates users of the back office. */
export const createUsersWorkflow = createWorkflow("create-users-workflow", (input: { users: CreateUserInput[] }) => {
  const users = createUsersStep(input.users);
  emitEventStep({ eventName: "user.created", data: transform({ users }, ({ users }) => users.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(users);
});

/** Changes users named by id. */
export const updateUsersWorkflow = createWorkflow(
  "update-users-workflow",
  (input: { updates: (Partial<CreateUserInput> & { id: string })[] }) => {
    const users = updateUsersStep(input.updates);
    emitEventStep({ eventName: "user.updated", data: transform({ users }, ({ users }) => users.map(({ id }) => ({ id }))) });
    return new WorkflowResponse(users);
  },
);

/** Deletes users. */
export const deleteUsersWorkflow = createWorkflow("delete-user", (input: { ids: string[] }) => {
  deleteUsersStep(input.ids);
  removeRemoteLinkStep({ user: { user_id: input.ids } });
  emitEventStep({ eventName: "user.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined);
});

/** Makes a user of an identity, which can then log in as one. */
export const createUserAccountWorkflow = createWorkflow(
  "create-user-account",
  (input: { authIdentityId: string; userData: CreateUserInput }) => {
    const users = createUsersWorkflow.runAsStep({ input: { users: transform({ input }, ({ input }) => [input.userData]) } });
    const user = transform({ users }, ({ users }) => users[0]!);
    setAuthAppMetadataStep({ authIdentityId: input.authIdentityId, actorType: "user", value: user.id });
    return new WorkflowResponse(user);
  },
);
