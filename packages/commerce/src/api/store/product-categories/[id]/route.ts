import type { AppRequest, AppResponse } from "@velella/framework/http";
import { validateAndTransformQuery } from "@velella/framework/http";
import { withTree } from "../../../admin/product-categories/category-tree";
import { readRecord } from "../../../read-records";
import { retrieveConfig } from "../query-config";
import { StoreProductCategoryParams } from "../validators";

export const middlewares = { GET: [validateAndTransformQuery(StoreProductCategoryParams, retrieveConfig)] };

const visible = { is_active: true, is_internal: false };

export const GET = async (req: AppRequest, res: AppResponse) => {
  const row = await readRecord(req, "product_category", { filters: { id: req.params.id!, ...visible } });
  const [product_category] = row ? await withTree(req, [row], visible) : [];
  res.json({ product_category });
};
