import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { withoutTree, withTree } from "../../admin/product-categories/category-tree";
import { readPage } from "../../read-records";
import { listConfig } from "./query-config";
import { StoreProductCategoriesParams } from "./validators";

export const middlewares = { GET: [validateAndTransformQuery(StoreProductCategoriesParams, listConfig)] };

const visible = { is_active: true, is_internal: false };

export const GET = async (req: AppRequest, res: AppResponse) => {
  const { rows, ...page } = await readPage(req, "product_category", { filters: { ...withoutTree(req.filterableFields), ...visible } });
  res.json({ product_categories: await withTree(req, rows, visible), ...page });
};
