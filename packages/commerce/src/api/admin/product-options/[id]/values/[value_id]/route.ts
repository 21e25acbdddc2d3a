import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { deleteProductOptionValuesWorkflow, updateProductOptionValuesWorkflow } from "../../../../../../flows/product/product-options";
import type { Metadata } from "../../../../../../modules/product/types";
import { deleted, sendRecord } from "../../../../../read-records";
import { retrieveValueConfig } from "../../../query-config";
import { AdminGetProductOptionValueParams, AdminUpdateProductOptionValue } from "../../../validators";

const query = validateAndTransformQuery(AdminGetProductOptionValueParams, retrieveValueConfig);

export const middlewares = { GET: [query], POST: [validateAndTransformBody(AdminUpdateProductOptionValue), query] };

const filtersOf = (req: AppRequest) => ({ id: [req.params.value_id!], option_id: req.params.id! });

export const GET = (req: AppRequest, res: AppResponse) =>
  sendRecord(req, res, "product_option_value", "product_option_value", { filters: filtersOf(req) });

export const POST = async (req: AppRequest<{ value?: string; metadata?: Metadata }>, res: AppResponse) => {
  await updateProductOptionValuesWorkflow(req.scope).run({ input: { selector: filtersOf(req), update: req.validatedBody } });
  await sendRecord(req, res, "product_option_value", "product_option_value", { filters: filtersOf(req) });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.value_id!;
  await deleteProductOptionValuesWorkflow(req.scope).run({ input: { ids: [id] } });
  res.json(deleted(id, "product_option_value"));
};
