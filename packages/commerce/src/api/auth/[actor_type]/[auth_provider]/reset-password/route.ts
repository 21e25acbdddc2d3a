import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody } from "@velella/framework/http";
import { generateResetPasswordTokenWorkflow } from "../../../../../flows/auth/reset-password";
import { methodOf } from "../../../authentication";
import { ResetPasswordRequest } from "../../../validators";

export const middlewares = { POST: [validateAndTransformBody(ResetPasswordRequest)] };

/** Sends a token by the event `auth.password_reset`. The answer is the same whether or not there is such an identity. */
export const POST = async (req: AppRequest<{ identifier: string; metadata: Record<string, unknown> }>, res: AppResponse) => {
  const { actorType, provider } = methodOf(req);
  const { identifier, metadata } = req.validatedBody;
  await generateResetPasswordTokenWorkflow(req.scope).run({ input: { entityId: identifier, actorType, provider, metadata } });
  res.sendStatus(201);
};
