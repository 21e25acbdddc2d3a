import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteApiKeysWorkflow, updateApiKeysWorkflow } from "../../../../flows/api-key/api-keys";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetApiKeyParams, AdminUpdateApiKey } from "../validators";

const query = validateAndTransformQuery(AdminGetApiKeyParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateApiKey), query] };

export const GET = (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  return sendRecord(req, res, "api_key", "api_key", { id, notFound: `API Key with id: ${id} was not found` });
};

export const POST = async (req: AppRequest<{ title: string }>, res: AppResponse) => {
  const id = req.params.id!;
  await updateApiKeysWorkflow(req.scope).run({ input: { selector: { id }, update: req.validatedBody } });
  await sendRecord(req, res, "api_key", "api_key", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteApiKeysWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "api_key"));
};
