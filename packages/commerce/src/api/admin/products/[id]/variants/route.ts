import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { CreateProductVariantWithPrices } from "../../../../../flows/product/create-products";
import { createProductVariantsWorkflow } from "../../../../../flows/product/create-product-variants";
import { readPage } from "../../../../read-records";
import { listVariantConfig, retrieveProductConfig } from "../../query-config";
import { readProduct, toVariant, variantFieldsFor } from "../../read-product";
import { AdminCreateProductVariant, AdminGetProductParams, AdminGetProductVariantsParams } from "../../validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminGetProductVariantsParams, listVariantConfig)],
  POST: [validateAndTransformBody(AdminCreateProductVariant), validateAndTransformQuery(AdminGetProductParams, retrieveProductConfig)],
};

export const GET = async (req: AppRequest, res: AppResponse) => {
  const { rows, ...page } = await readPage(req, "product_variant", {
    fields: variantFieldsFor(req),
    filters: { ...req.filterableFields, product_id: req.params.id! },
  });
  res.json({ variants: rows.map(toVariant), ...page });
};

export const POST = async (
  req: AppRequest<CreateProductVariantWithPrices & { additional_data?: Record<string, unknown> }>,
  res: AppResponse,
) => {
  const product_id = req.params.id!;
  const { additional_data, ...variant } = req.validatedBody;
  await createProductVariantsWorkflow(req.scope).run({ input: { product_variants: [{ ...variant, product_id }], additional_data } });
  res.json({ product: await readProduct(req, product_id) });
};
