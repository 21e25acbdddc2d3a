import type { AppRequest, AppResponse } from "@velella/framework/http";
import { apiErrors } from "../../../../errors";
import { methodOf } from "../../../authentication";

/** Changes what an identity logs in with, by a token that was sent to it. */
export const POST = async (req: AppRequest<Record<string, unknown>>, res: AppResponse) => {
  const { provider } = methodOf(req);
  const token = /^bearer (.+)$/i.exec(req.headers.authorization ?? "")?.[1];
  const auth = req.scope.resolve("auth");
  const entity_id = token && (await auth.consumePasswordResetToken({ token, provider })).entity_id;
  if (!entity_id) throw apiErrors.unauthorized("Invalid token");
  const { success, error } = await auth.updateProvider(provider, { ...req.body, entity_id });
  if (!success) throw apiErrors.unauthorized(error ?? "Unauthorized");
  res.status(200).json({ success: true });
};
