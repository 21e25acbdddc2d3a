import { emitEventStep } from "@velella/framework";
import { createStep, createWorkflow, StepResponse, transform, when, WorkflowResponse } from "@velella/workflows";

/**
 * Whose password is to be set anew. An identity that is not there is no error: the result is null then, and no event is
 * emitted.
 */
export interface ResetPasswordInput {
  /** What the identity logs in with, such as its e-mail address. */
  entityId: string;
  actorType: string;
  provider: string;
  /** Passed on to whoever sends the token. */
  metadata?: Record<string, unknown>;
}

/** A token that lets an identity set a new password, once, for a quarter of an hour; null when there is no such identity. */
export const createPasswordResetTokenStep = createStep(
  { name: "create-password-reset-token", transactional: "shared" },
  async ({ entityId, provider }: ResetPasswordInput, { container, context }) => {
    const created = await container.resolve("auth").createPasswordResetToken({ entity_id: entityId, provider }, context);
    return new StepResponse(created?.token ?? null);
  },
);

/** Makes a token for a new password, and emits it for whoever sends it. */
export const generateResetPasswordTokenWorkflow = createWorkflow("generate-reset-password-token", (input: ResetPasswordInput) => {
  const token = createPasswordResetTokenStep(input);
  when("has-token", { token }, ({ token }) => token !== null).then(() => {
    emitEventStep({
      eventName: "auth.password_reset",
      data: transform({ input, token }, ({ input, token }) => ({
        entity_id: input.entityId,
        actor_type: input.actorType,
        token,
        metadata: input.metadata ?? {},
      })),
    });
  });
  return new WorkflowResponse(token);
});
