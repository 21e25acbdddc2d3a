import { z } from "zod";
import { createFindParams, createSelectParams, dateFilters, oneOrMany, withAndOr } from "../../validation/find-params";
import { metadata } from "../../validation/link-body";

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
export const AdminGetRegionsParams = withAndOr(createFindParams({ limit: 50 }), {
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  currency_code: oneOrMany(z.string()).optional(),
  name: oneOrMany(z.string()).optional(),
  ...dateFilters(),
});
