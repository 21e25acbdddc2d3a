import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformBody, validateAndTransformQuery } from "@velella/framework/http";
import { createProductCategoriesWorkflow } from "../../../flows/product-category/product-categories";
import type { CreateProductCategoryInput } from "../../../modules/product/types";
import { readPage, sendRecord } from "../../read-records";
import { withoutTree, withTree } from "./category-tree";
import { listConfig, retrieveConfig } from "./query-config";
import { AdminCreateProductCategory, AdminProductCategoriesParams, AdminProductCategoryParams } from "./validators";

export const middlewares = {
  GET: [validateAndTransformQuery(AdminProductCategoriesParams, listConfig)],
  POST: [validateAndTransformBody(AdminCreateProductCategory), validateAndTransformQuery(AdminProductCategoryParams, retrieveConfig)],
};

export const GET = async (req: AppRequest, res: AppResponse) => {
  const { rows, ...page } = await readPage(req, "product_category", { filters: withoutTree(req.filterableFields) });
  res.json({ product_categories: await withTree(req, rows), ...page });
};

export const POST = async (
  req: AppRequest<CreateProductCategoryInput & { additional_data?: Record<string, unknown> }>,
  res: AppResponse,
) => {
  const { additional_data, ...input } = req.validatedBody;
  const { result } = await createProductCategoriesWorkflow(req.scope).run({ input: { product_categories: [input], additional_data } });
  await sendRecord(req, res, "product_category", "product_category", { id: result[0]!.id });
};
