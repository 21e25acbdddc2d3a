import type { AppRequest, AppResponse } from "@velella/framework/http";
import { apiErrors } from "../../../../errors";
import { authenticationInput, methodOf, tokenFor } from "../../../authentication";

/** Makes an identity. Its token has no actor yet; it serves to create one. */
export const POST = async (req: AppRequest, res: AppResponse) => {
  const { actorType, provider } = methodOf(req);
  const { success, authIdentity, error } = await req.scope.resolve("auth").register(provider, authenticationInput(req));
  if (!success || !authIdentity) throw apiErrors.unauthorized(error ?? "Authentication failed");
  res.status(200).json({ token: tokenFor(req, authIdentity, actorType, provider) });
};
