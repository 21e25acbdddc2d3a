import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { listParams, metadata, oneOrMany } from "../../validation/filters";

export const AdminUpdateStore = z.object({
  name: z.string().optional(),
  supported_currencies: z
    .array(z.object({ currency_code: z.string(), is_default: z.boolean().optional(), is_tax_inclusive: z.boolean().optional() }))
    .optional(),
  supported_locales: z.array(z.object({ locale_code: z.string() })).optional(),
  default_sales_channel_id: z.string().nullish(),
  default_region_id: z.string().nullish(),
  default_location_id: z.string().nullish(),
  metadata,
});

export const AdminGetStoreParams = createSelectParams();
export const AdminGetStoresParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    name: oneOrMany(z.string()).optional(),
  },
);
