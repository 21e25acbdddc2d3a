import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createProductTagsWorkflow } from "../../../flows/product/product-tags";
import type { ValueInput } from "../../../modules/product/types";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateProductTag, AdminGetProductTagParams, AdminGetProductTagsParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetProductTagsParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateProductTag), validateAndTransformQuery(AdminGetProductTagParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "product_tag", "product_tags");

export const POST = async (req: AppRequest<ValueInput & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const { additional_data, ...input } = req.validatedBody;
  const { result } = await createProductTagsWorkflow(req.scope).run({ input: { product_tags: [input], additional_data } });
  await sendRecord(req, res, "product_tag", "product_tag", { id: result[0]!.id });
};
