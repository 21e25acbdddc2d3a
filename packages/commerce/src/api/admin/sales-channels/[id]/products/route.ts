import type { AppRequest, AppResponse } from "@velella/framework/http";
import { createLinkBody, validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { linkProductsToSalesChannelWorkflow } from "../../../../../flows/sales-channel/link-products";
import { sendRecord } from "../../../../read-records";
import { retrieveConfig } from "../../query-config";
import { AdminGetSalesChannelParams } from "../../validators";

export const middlewares = {
  POST: [validateAndTransformBody(createLinkBody()), validateAndTransformQuery(AdminGetSalesChannelParams, retrieveConfig)],
};

export const POST = async (req: AppRequest<{ add?: string[]; remove?: string[] }>, res: AppResponse) => {
  const id = req.params.id!;
  await linkProductsToSalesChannelWorkflow(req.scope).run({ input: { id, ...req.validatedBody } });
  await sendRecord(req, res, "sales_channel", "sales_channel", { id });
};
