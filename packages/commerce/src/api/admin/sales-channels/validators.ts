import { z } from "zod";
import { booleanString, createFindParams, createSelectParams, dateFilters, oneOrMany, withAndOr } from "../../validation/find-params";
import { metadata } from "../../validation/link-body";

export const AdminCreateSalesChannel = z.object({
  name: z.string(),
  description: z.string().nullish(),
  is_disabled: z.boolean().optional(),
  metadata,
});
export const AdminUpdateSalesChannel = AdminCreateSalesChannel.partial();

export const AdminGetSalesChannelParams = createSelectParams();
export const AdminGetSalesChannelsParams = withAndOr(createFindParams(), {
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  name: oneOrMany(z.string()).optional(),
  description: z.string().optional(),
  is_disabled: booleanString().optional(),
  ...dateFilters(),
}).extend({ location_id: oneOrMany(z.string()).optional(), publishable_key_id: oneOrMany(z.string()).optional() });
