import { emitEventStep } from "@velella/framework";
import { createStep, createWorkflow, StepResponse, transform, WorkflowResponse } from "@velella/workflows";
import type { InviteInput } from "../../modules/user/service";
import type { InviteRecord } from "../../modules/user/types";
import { setAuthAppMetadataStep } from "../auth/set-app-metadata";
import { createRecordsStep, deleteRecordsStep } from "../records/record-steps";
import { createUsersWorkflow } from "../user/users";

/** Creates invites; undone by deleting them. */
export const createInviteStep = createRecordsStep<InviteInput, InviteRecord>("create-invite-step", "user", "Invites");
/** Deletes invites, softly; undone by restoring them. */
export const deleteInvitesStep = deleteRecordsStep("delete-invites-step", "user", "Invites");

/** Gives invites new tokens. The former ones are worth nothing then, so that this is not undone. */
export const refreshInviteTokensStep = createStep(
  { name: "refresh-invite-tokens-step", transactional: "shared" },
  async (ids: string[], { container, context }) => {
    return new StepResponse(await container.resolve("user").refreshInviteTokens(ids, context));
  },
);

/** The invite with a token, refused unless it is valid. */
export const validateTokenStep = createStep({ name: "validate-invite-token-step", pure: true }, async (token: string, { container }) => {
  return new StepResponse(await container.resolve("user").validateInviteToken(token));
});

/** Invites people to the back office. */
export const createInvitesWorkflow = createWorkflow("create-invite-step", (input: { invites: InviteInput[] }) => {
  const invites = createInviteStep(input.invites);
  emitEventStep({ eventName: "invite.created", data: transform({ invites }, ({ invites }) => invites.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(invites);
});

/** Invites people again, with new tokens. */
export const refreshInviteTokensWorkflow = createWorkflow("refresh-invite-tokens-workflow", (input: { invite_ids: string[] }) => {
  const invites = refreshInviteTokensStep(input.invite_ids);
  emitEventStep({ eventName: "invite.resent", data: transform({ invites }, ({ invites }) => invites.map(({ id }) => ({ id }))) });
  return new WorkflowResponse(invites);
});

/** Takes invites back. */
export const deleteInvitesWorkflow = createWorkflow("delete-invites-workflow", (input: { ids: string[] }) => {
  deleteInvitesStep(input.ids);
  emitEventStep({ eventName: "invite.deleted", data: transform({ input }, ({ input }) => input.ids.map((id) => ({ id }))) });
  return new WorkflowResponse(undefined);
});

/** Who accepts an invite. The user gets the address that was invited, unless `user.email` names another one. */
export interface AcceptInviteInput {
  invite_token: string;
  /** The identity that the new user logs in with. */
  auth_identity_id: string;
  user: { email?: string | null; first_name?: string | null; last_name?: string | null };
}

/** Makes a user of whoever was invited; the invite is used up. */
export const acceptInviteWorkflow = createWorkflow("accept-invite-workflow", (input: AcceptInviteInput) => {
  const invite = validateTokenStep(input.invite_token);
  const users = createUsersWorkflow.runAsStep({
    input: { users: transform({ input, invite }, ({ input, invite }) => [{ ...input.user, email: input.user.email ?? invite.email }]) },
  });
  setAuthAppMetadataStep({
    authIdentityId: input.auth_identity_id,
    actorType: "user",
    value: transform({ users }, ({ users }) => users[0]!.id),
  });
  deleteInvitesStep(transform({ invite }, ({ invite }) => [invite.id]));
  emitEventStep({ eventName: "invite.accepted", data: transform({ invite }, ({ invite }) => ({ id: invite.id })) });
  return new WorkflowResponse(users);
});
