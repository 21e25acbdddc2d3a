import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteProductOptionsWorkflow, updateProductOptionsWorkflow } from "../../../../flows/product/product-options";
import type { CreateProductOptionInput } from "../../../../modules/product/types";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetProductOptionParams, AdminUpdateProductOption } from "../validators";

const query = validateAndTransformQuery(AdminGetProductOptionParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateProductOption), query] };

export const GET = (req: AppRequest, res: AppResponse) => sendRecord(req, res, "product_option", "product_option", { id: req.params.id! });

export const POST = async (
  req: AppRequest<Partial<CreateProductOptionInput> & { additional_data?: Record<string, unknown> }>,
  res: AppResponse,
) => {
  const id = req.params.id!;
  const { additional_data, ...update } = req.validatedBody;
  await updateProductOptionsWorkflow(req.scope).run({ input: { selector: { id }, update, additional_data } });
  await sendRecord(req, res, "product_option", "product_option", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteProductOptionsWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "product_option"));
};
