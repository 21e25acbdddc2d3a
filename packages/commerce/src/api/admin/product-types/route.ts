import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createProductTypesWorkflow } from "../../../flows/product/product-types";
import type { ValueInput } from "../../../modules/product/types";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateProductType, AdminGetProductTypeParams, AdminGetProductTypesParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetProductTypesParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateProductType), validateAndTransformQuery(AdminGetProductTypeParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "product_type", "product_types");

export const POST = async (req: AppRequest<ValueInput & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const { additional_data, ...input } = req.validatedBody;
  const { result } = await createProductTypesWorkflow(req.scope).run({ input: { product_types: [input], additional_data } });
  await sendRecord(req, res, "product_type", "product_type", { id: result[0]!.id });
};
