import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteProductTypesWorkflow, updateProductTypesWorkflow } from "../../../../flows/product/product-types";
import type { ValueInput } from "../../../../modules/product/types";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetProductTypeParams, AdminUpdateProductType } from "../validators";

const query = validateAndTransformQuery(AdminGetProductTypeParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateProductType), query] };

export const GET = (req: AppRequest, res: AppResponse) => sendRecord(req, res, "product_type", "product_type", { id: req.params.id! });

export const POST = async (req: AppRequest<Partial<ValueInput> & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const id = req.params.id!;
  const { additional_data, ...update } = req.validatedBody;
  await updateProductTypesWorkflow(req.scope).run({ input: { selector: { id }, update, additional_data } });
  await sendRecord(req, res, "product_type", "product_type", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteProductTypesWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "product_type"));
};
