import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { revokeApiKeysWorkflow } from "../../../../../flows/api-key/api-keys";
import { sendRecord } from "../../../../read-records";
import { retrieveConfig } from "../../query-config";
import { AdminGetApiKeyParams, AdminRevokeApiKey } from "../../validators";

export const middlewares = {
  POST: [validateAndTransformBody(AdminRevokeApiKey), validateAndTransformQuery(AdminGetApiKeyParams, retrieveConfig)],
};

export const POST = async (req: AppRequest<{ revoke_in?: number }>, res: AppResponse) => {
  const id = req.params.id!;
  const revoked_by = req.auth_context!.actor_id;
  await revokeApiKeysWorkflow(req.scope).run({ input: { selector: { id }, revoke: { ...req.validatedBody, revoked_by } } });
  await sendRecord(req, res, "api_key", "api_key", { id });
};
