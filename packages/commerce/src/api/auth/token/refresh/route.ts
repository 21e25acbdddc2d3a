import type { AppRequest, AppResponse } from "@velella/framework/http";
import { authenticate } from "@velella/framework/http";
import { tokenFor } from "../../authentication";

export const middlewares = { POST: [authenticate("*", ["session", "bearer"], { allowUnregistered: true })] };

/** A new token, with what the identity is by now. */
export const POST = async (req: AppRequest, res: AppResponse) => {
  const { auth_identity_id, actor_type, auth_provider } = req.auth_context!;
  const identity = await req.scope.resolve("auth").retrieveAuthIdentity(auth_identity_id, { relations: ["provider_identities"] });
  res.json({ token: tokenFor(req, identity, actor_type, auth_provider ?? "") });
};
