import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import type { LinkProductOptionsInput } from "../../../../../../flows/product/product-options";
import { createAndLinkProductOptionsToProductWorkflow } from "../../../../../../flows/product/product-options";
import { retrieveProductConfig } from "../../../query-config";
import { readProduct } from "../../../read-product";
import { AdminGetProductParams, AdminLinkProductOptions } from "../../../validators";

export const middlewares = {
  POST: [validateAndTransformBody(AdminLinkProductOptions), validateAndTransformQuery(AdminGetProductParams, retrieveProductConfig)],
};

export const POST = async (req: AppRequest<Omit<LinkProductOptionsInput, "product_id">>, res: AppResponse) => {
  const product_id = req.params.id!;
  await createAndLinkProductOptionsToProductWorkflow(req.scope).run({ input: { ...req.validatedBody, product_id } });
  res.json({ product: await readProduct(req, product_id) });
};
