import type { AppRequest, AppResponse } from "@velella/framework/http";
import { createLinkBody, validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { linkSalesChannelsToApiKeyWorkflow } from "../../../../../flows/api-key/link-sales-channels";
import { sendRecord } from "../../../../read-records";
import { retrieveConfig } from "../../query-config";
import { AdminGetApiKeyParams } from "../../validators";

export const middlewares = {
  POST: [validateAndTransformBody(createLinkBody()), validateAndTransformQuery(AdminGetApiKeyParams, retrieveConfig)],
};

export const POST = async (req: AppRequest<{ add?: string[]; remove?: string[] }>, res: AppResponse) => {
  const id = req.params.id!;
  await linkSalesChannelsToApiKeyWorkflow(req.scope).run({ input: { id, ...req.validatedBody } });
  await sendRecord(req, res, "api_key", "api_key", { id });
};
