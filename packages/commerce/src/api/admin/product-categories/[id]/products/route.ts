import type { AppRequest, AppResponse } from "@velella/framework/http";
import { createLinkBody, validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { batchLinkProductsToCategoryWorkflow } from "../../../../../flows/product/link-products";
import { sendRecord } from "../../../../read-records";
import { retrieveConfig } from "../../query-config";
import { AdminProductCategoryParams } from "../../validators";

export const middlewares = {
  POST: [validateAndTransformBody(createLinkBody()), validateAndTransformQuery(AdminProductCategoryParams, retrieveConfig)],
};

export const POST = async (req: AppRequest<{ add?: string[]; remove?: string[] }>, res: AppResponse) => {
  const id = req.params.id!;
  await batchLinkProductsToCategoryWorkflow(req.scope).run({ input: { id, ...req.validatedBody } });
  await sendRecord(req, res, "product_category", "product_category", { id });
};
