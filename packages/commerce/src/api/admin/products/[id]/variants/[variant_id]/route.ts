import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateProductVariantWithPrices } from "../../../../../../flows/product/create-products";
import { deleteProductVariantsWorkflow, updateProductVariantsWorkflow } from "../../../../../../flows/product/product-variants";
import { deleted, readRecord } from "../../../../../read-records";
import { retrieveProductConfig, retrieveVariantConfig } from "../../../query-config";
import { readProduct, toVariant, variantFieldsFor } from "../../../read-product";
import { AdminGetProductParams, AdminGetProductVariantParams, AdminUpdateProductVariant } from "../../../validators";

const product = validateAndTransformQuery(AdminGetProductParams, retrieveProductConfig);

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetProductVariantParams, retrieveVariantConfig)],
  POST: [validateAndTransformBody(AdminUpdateProductVariant), product],
  DELETE: [product],
};

const filtersOf = (req: AppRequest) => ({ id: [req.params.variant_id!], product_id: req.params.id! });

export const GET = async (req: AppRequest, res: AppResponse) => {
  const row = await readRecord(req, "product_variant", { fields: variantFieldsFor(req), filters: filtersOf(req) });
  res.json({ variant: row && toVariant(row) });
};

export const POST = async (
  req: AppRequest<Partial<CreateProductVariantWithPrices> & { additional_data?: Record<string, unknown> }>,
  res: AppResponse,
) => {
  const { additional_data, ...update } = req.validatedBody;
  await updateProductVariantsWorkflow(req.scope).run({ input: { selector: filtersOf(req), update, additional_data } });
  res.json({ product: await readProduct(req, req.params.id!) });
};

export const DELETE = async (req: AppRequest, res: AppResponse) => {
  const { variant_id = "", id = "" } = req.params;
  await deleteProductVariantsWorkflow(req.scope).run({ input: { ids: [variant_id] } });
  res.json({ ...deleted(variant_id, "variant"), parent: await readProduct(req, id) });
};
