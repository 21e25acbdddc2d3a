import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createProductOptionsWorkflow } from "../../../flows/product/product-options";
import type { CreateProductOptionInput } from "../../../modules/product/types";
import { sendPage, sendRecord } from "../../read-records";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateProductOption, AdminGetProductOptionParams, AdminGetProductOptionsParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetProductOptionsParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateProductOption), validateAndTransformQuery(AdminGetProductOptionParams, retrieveConfig)],
};

export const GET = (req: AppRequest, res: AppResponse) => sendPage(req, res, "product_option", "product_options");

export const POST = async (req: AppRequest<CreateProductOptionInput & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const { additional_data, ...input } = req.validatedBody;
  const { result } = await createProductOptionsWorkflow(req.scope).run({ input: { product_options: [input], additional_data } });
  await sendRecord(req, res, "product_option", "product_option", { id: result[0]!.id });
};
