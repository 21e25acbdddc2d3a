import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

export const AdminCreateProductTag = z.object({ value: z.string(), external_id: z.string().nullish(), metadata }).strict();
export const AdminUpdateProductTag = AdminCreateProductTag.partial().strict();

export const AdminGetProductTagParams = createSelectParams();
export const AdminGetProductTagsParams = listParams(
  {},
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    value: oneOrMany(z.string()).optional(),
    external_id: oneOrMany(z.string()).optional(),
    ...dateFilters(),
  },
);
