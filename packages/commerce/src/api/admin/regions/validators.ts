import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

export const AdminCreateRegion = z
  .object({
    name: z.string(),
    currency_code: z.string(),
    countries: z.array(z.string()).optional(),
    automatic_taxes: z.boolean().optional(),
    is_tax_inclusive: z.boolean().optional(),
    payment_providers: z.array(z.string()).optional(),
    metadata,
  })
  .strict();
export const AdminUpdateRegion = AdminCreateRegion.partial().strict();

export const AdminGetRegionParams = createSelectParams();
export const AdminGetRegionsParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    currency_code: oneOrMany(z.string()).optional(),
    name: oneOrMany(z.string()).optional(),
    ...dateFilters(),
  },
);
