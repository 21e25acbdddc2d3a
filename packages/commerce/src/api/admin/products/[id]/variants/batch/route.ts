import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { batchProductVariantsWorkflow } from "../../../../../../flows/product/batch-products";
import type { BatchInput } from "../../../../../../flows/product/batch-products";
import type { CreateProductVariantWithPrices } from "../../../../../../flows/product/create-products";
import { retrieveVariantConfig } from "../../../query-config";
import { readVariants } from "../../../read-product";
import { AdminBatchProductVariants, AdminGetProductVariantParams } from "../../../validators";

export const bodyParser = { sizeLimit: "2mb" };

export const middlewares = {
  POST: [
    validateAndTransformBody(AdminBatchProductVariants),
    validateAndTransformQuery(AdminGetProductVariantParams, retrieveVariantConfig),
  ],
};

type Body = BatchInput<CreateProductVariantWithPrices, Partial<CreateProductVariantWithPrices> & { id: string }>;

export const POST = async (req: AppRequest<Body>, res: AppResponse) => {
  const product_id = req.params.id!;
  const { create, ...rest } = req.validatedBody;
  const { result } = await batchProductVariantsWorkflow(req.scope).run({
    input: { ...rest, create: create?.map((variant) => ({ ...variant, product_id })) },
  });
  res.json({
    created: await readVariants(req, result.created),
    updated: await readVariants(req, result.updated),
    deleted: { ids: result.deleted, object: "variant", deleted: true },
  });
};
