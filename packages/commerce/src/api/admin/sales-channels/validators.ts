import { booleanFromQuery, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

export const AdminCreateSalesChannel = z.object({
  name: z.string(),
  description: z.string().nullish(),
  is_disabled: z.boolean().optional(),
  metadata,
});
export const AdminUpdateSalesChannel = AdminCreateSalesChannel.partial();

export const AdminGetSalesChannelParams = createSelectParams();
export const AdminGetSalesChannelsParams = listParams(
  {},
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    name: oneOrMany(z.string()).optional(),
    description: z.string().optional(),
    is_disabled: booleanFromQuery().optional(),
    ...dateFilters(),
  },
).extend({ location_id: oneOrMany(z.string()).optional(), publishable_key_id: oneOrMany(z.string()).optional() });
