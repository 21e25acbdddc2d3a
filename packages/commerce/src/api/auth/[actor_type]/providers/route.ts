import type { AppRequest, AppResponse } from "@velella/framework/http";
import { httpConfigOf } from "../../authentication";

/** How actors of a type may log in. */
export const GET = async (req: AppRequest, res: AppResponse) => {
  const allowed = httpConfigOf(req).authMethodsPerActor?.[req.params.actor_type!];
  const providers = await req.scope.resolve("auth").listAuthProviders(allowed && { id: allowed });
  res.json({ providers });
};
