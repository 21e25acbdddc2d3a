import { booleanFromQuery, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, oneOrMany } from "../../validation/filters";
import { pricingParams } from "../products/validators";

export const StoreProductVariantParams = createSelectParams().extend({
  ...pricingParams,
  sales_channel_id: oneOrMany(z.string()).optional(),
});
export const StoreProductVariantListParams = listParams(
  {},
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    sku: oneOrMany(z.string()).optional(),
    product_id: oneOrMany(z.string()).optional(),
    options: z.object({ value: z.string().optional(), option_id: z.string().optional() }).optional(),
    allow_backorder: booleanFromQuery().optional(),
    manage_inventory: booleanFromQuery().optional(),
    ...dateFilters(),
  },
).extend({ ...pricingParams, sales_channel_id: oneOrMany(z.string()).optional() });
