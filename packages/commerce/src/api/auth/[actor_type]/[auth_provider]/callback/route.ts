import type { AppRequest, AppResponse } from "@velella/framework/http";
import { apiErrors } from "../../../../errors";
import { authenticationInput, methodOf, tokenFor } from "../../../authentication";

/** The second half of a login at a third party. */
export const GET = async (req: AppRequest, res: AppResponse) => {
  const { actorType, provider } = methodOf(req);
  const { success, authIdentity, error } = await req.scope.resolve("auth").validateCallback(provider, authenticationInput(req));
  if (!success || !authIdentity) throw apiErrors.unauthorized(error ?? "Authentication failed");
  res.status(200).json({ token: tokenFor(req, authIdentity, actorType, provider) });
};

export const POST = GET;
