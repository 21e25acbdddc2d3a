import { z } from "zod";
import { createFindParams, createSelectParams, dateFilters, oneOrMany, withAndOr } from "../../validation/find-params";
import { metadata } from "../../validation/link-body";

export const AdminCreateProductTag = z.object({ value: z.string(), external_id: z.string().nullish(), metadata }).strict();
export const AdminUpdateProductTag = AdminCreateProductTag.partial().strict();

export const AdminGetProductTagParams = createSelectParams();
export const AdminGetProductTagsParams = withAndOr(createFindParams(), {
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  value: oneOrMany(z.string()).optional(),
  external_id: oneOrMany(z.string()).optional(),
  ...dateFilters(),
});
