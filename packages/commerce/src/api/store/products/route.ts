import type { AppRequest, AppResponse } from "@velella/framework/http";
import { authenticate, validateAndTransformQuery } from "@velella/framework/http";
import { readPage } from "../../read-records";
import { productFieldsFor, productFiltersOf, toProducts } from "../../admin/products/read-product";
import { listProductConfig } from "./query-config";
import { productQueryContext, salesChannelsOf, withoutPricing } from "./store-context";
import { StoreGetProductsParams } from "./validators";

export const middlewares = {
  GET: [
    authenticate("customer", ["session", "bearer"], { allowUnauthenticated: true }),
    validateAndTransformQuery(StoreGetProductsParams, listProductConfig),
  ],
};

export const GET = async (req: AppRequest, res: AppResponse) => {
  const sales_channel_id = salesChannelsOf(req);
  const context = await productQueryContext(req);
  const filters = productFiltersOf({ ...withoutPricing(req.filterableFields), sales_channel_id, status: "published" });
  if (filters.categories) filters.categories = { ...filters.categories, is_active: true, is_internal: false };
  const { rows, ...page } = await readPage(req, "product", { fields: productFieldsFor(req), filters, context });
  res.json({ products: await toProducts(req, rows), ...page });
};
