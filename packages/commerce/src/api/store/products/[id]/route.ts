import type { AppRequest, AppResponse } from "@velella/framework/http";
import { authenticate, validateAndTransformQuery } from "@velella/framework/http";
import { apiErrors } from "../../../errors";
import { readRecord } from "../../../read-records";
import { productFieldsFor, productFiltersOf, toProducts } from "../../../admin/products/read-product";
import { retrieveProductConfig } from "../query-config";
import { productQueryContext, salesChannelsOf } from "../store-context";
import { StoreGetProductsParams } from "../validators";

export const middlewares = {
  GET: [
    authenticate("customer", ["session", "bearer"], { allowUnauthenticated: true }),
    validateAndTransformQuery(StoreGetProductsParams, retrieveProductConfig),
  ],
};

export const GET = async (req: AppRequest, res: AppResponse) => {
  const id = req.params.id!;
  const sales_channel_id = salesChannelsOf(req);
  const context = await productQueryContext(req);
  const row = await readRecord(req, "product", {
    fields: [...productFieldsFor(req), "categories.id", "categories.is_active", "categories.is_internal"],
    filters: productFiltersOf({ id, sales_channel_id, status: "published" }),
    context,
  });
  if (!row) throw apiErrors.notFound(`Product with id: ${id} was not found`);
  const [product] = await toProducts(req, [row]);
  const categories = (product!.categories ?? []) as { is_active: boolean; is_internal: boolean }[];
  // Always part of the answer; what is internal or switched off is not for the public.
  res.json({ product: { ...product, categories: categories.filter((category) => category.is_active && !category.is_internal) } });
};
