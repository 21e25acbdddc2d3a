import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

export const AdminCreateProductType = z.object({ value: z.string(), external_id: z.string().nullish(), metadata }).strict();
export const AdminUpdateProductType = AdminCreateProductType.partial().strict();

export const AdminGetProductTypeParams = createSelectParams();
export const AdminGetProductTypesParams = listParams(
  { limit: 10 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    value: oneOrMany(z.string()).optional(),
    external_id: oneOrMany(z.string()).optional(),
    ...dateFilters(),
  },
);
