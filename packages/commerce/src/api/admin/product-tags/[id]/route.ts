import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteProductTagsWorkflow, updateProductTagsWorkflow } from "../../../../flows/product/product-tags";
import type { ValueInput } from "../../../../modules/product/types";
import { deleted, sendRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { AdminGetProductTagParams, AdminUpdateProductTag } from "../validators";

const query = validateAndTransformQuery(AdminGetProductTagParams, retrieveConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateProductTag), query] };

export const GET = (req: AppRequest, res: AppResponse) => sendRecord(req, res, "product_tag", "product_tag", { id: req.params.id! });

export const POST = async (req: AppRequest<Partial<ValueInput> & { additional_data?: Record<string, unknown> }>, res: AppResponse) => {
  const id = req.params.id!;
  const { additional_data, ...update } = req.validatedBody;
  await updateProductTagsWorkflow(req.scope).run({ input: { selector: { id }, update, additional_data } });
  await sendRecord(req, res, "product_tag", "product_tag", { id });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  await deleteProductTagsWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "product_tag"));
};
