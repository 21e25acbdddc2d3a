import { AppError } from "@velella/kernel";
import type { AppRequest, AppResponse } from "@velella/framework/http";
import { authenticate, validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { AcceptInviteInput } from "../../../../flows/invite/invites";
import { acceptInviteWorkflow } from "../../../../flows/invite/invites";
import { retrieveConfig } from "../query-config";
import { AdminGetInviteAcceptParams, AdminInviteAccept } from "../validators";

// Who accepts an invite is no user yet.
export const AUTHENTICATE = false;

export const middlewares = {
  POST: [
    authenticate("user", ["session", "bearer"], { allowUnregistered: true }),
    validateAndTransformBody(AdminInviteAccept),
    validateAndTransformQuery(AdminGetInviteAcceptParams, retrieveConfig),
  ],
};

export const POST = async (req: AppRequest<AcceptInviteInput["user"], { token: string }>, res: AppResponse) => {
  const { auth_identity_id, actor_id } = req.auth_context!;
  if (actor_id)
    return void res.status(400).json({ type: "invalid_data", message: "The user is already authenticated and cannot accept an invite." });
  try {
    const { result } = await acceptInviteWorkflow(req.scope).run({
      input: { invite_token: req.validatedQuery.token, auth_identity_id, user: req.validatedBody },
    });
    res.status(200).json({ user: result[0] });
  } catch (error) {
    // What is wrong with an invite is nobody's business but the inviter's.
    if (AppError.isAppError(error) && error.type === "unauthorized") return void res.status(401).json({ message: "Unauthorized" });
    throw error;
  }
};
