import { withAndOr } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, oneOrMany } from "../../validation/filters";
import { productFilters } from "../../admin/products/validators";

/** What prices depend on. */
export const pricingParams = {
  region_id: z.string().optional(),
  country_code: z.string().optional(),
  province: z.string().optional(),
  cart_id: z.string().optional(),
};

const variantFilters = {
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  sku: oneOrMany(z.string()).optional(),
  ean: oneOrMany(z.string()).optional(),
  upc: oneOrMany(z.string()).optional(),
  barcode: oneOrMany(z.string()).optional(),
  options: z.object({ value: z.string().optional(), option_id: z.string().optional() }).optional(),
  ...dateFilters(),
};

/** Of a list, and of one product as well. */
export const StoreGetProductsParams = listParams({ limit: 50 }, productFilters).extend({
  ...pricingParams,
  sales_channel_id: oneOrMany(z.string()).optional(),
  variants: withAndOr(z.object(variantFilters)).optional(),
});
