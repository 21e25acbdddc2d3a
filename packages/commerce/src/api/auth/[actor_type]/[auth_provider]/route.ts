import type { AppRequest, AppResponse } from "@velella/framework/http";
import { apiErrors } from "../../../errors";
import { authenticationInput, methodOf, tokenFor } from "../../authentication";

/** Logs in: a token, or the place to go to first. */
export const POST = async (req: AppRequest, res: AppResponse) => {
  const { actorType, provider } = methodOf(req);
  const { success, authIdentity, error, location } = await req.scope.resolve("auth").authenticate(provider, authenticationInput(req));
  if (location) return void res.status(200).json({ location });
  if (!success || !authIdentity) throw apiErrors.unauthorized(error ?? "Authentication failed");
  res.status(200).json({ token: tokenFor(req, authIdentity, actorType, provider) });
};

export const GET = POST;
