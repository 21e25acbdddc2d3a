import { z } from "zod";
import { createFindParams, createSelectParams, dateFilters, oneOrMany, withAndOr } from "../../validation/find-params";
import { metadata } from "../../validation/link-body";

export const AdminCreateProductType = z.object({ value: z.string(), external_id: z.string().nullish(), metadata }).strict();
export const AdminUpdateProductType = AdminCreateProductType.partial().strict();

export const AdminGetProductTypeParams = createSelectParams();
export const AdminGetProductTypesParams = withAndOr(createFindParams({ limit: 10 }), {
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  value: oneOrMany(z.string()).optional(),
  external_id: oneOrMany(z.string()).optional(),
  ...dateFilters(),
});
