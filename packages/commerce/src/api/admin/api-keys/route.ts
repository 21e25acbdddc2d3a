import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateApiKeyInput } from "../../../flows/api-key/api-keys";
import { createApiKeysWorkflow } from "../../../flows/api-key/api-keys";
import { sendPage } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateApiKey, AdminGetApiKeyParams, AdminGetApiKeysParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetApiKeysParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateApiKey), validateAndTransformQuery(AdminGetApiKeyParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "api_key", "api_keys");

export const POST = async (req: AppRequest<Omit<CreateApiKeyInput, "created_by">>, res: AppResponse) => {
  const created_by = req.auth_context!.actor_id;
  const { result } = await createApiKeysWorkflow(req.scope).run({ input: { api_keys: [{ ...req.validatedBody, created_by }] } });
  // The flow's own record, because only it has the token in clear.
  res.json({ api_key: result[0] });
};
