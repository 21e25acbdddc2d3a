import { booleanFromQuery, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

export const AdminCreateProductOption = z
  .object({
    title: z.string(),
    values: z.array(z.string()),
    ranks: z.record(z.string(), z.number()).optional(),
    is_exclusive: z.boolean().optional(),
    metadata,
  })
  .strict();
export const AdminUpdateProductOption = AdminCreateProductOption.partial().strict();
export const AdminUpdateProductOptionValue = z.object({ value: z.string().optional(), metadata }).strict();

export const AdminGetProductOptionParams = createSelectParams();
export const AdminGetProductOptionsParams = listParams(
  {},
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    title: oneOrMany(z.string()).optional(),
    is_exclusive: booleanFromQuery().optional(),
    ...dateFilters(),
  },
);

export const AdminGetProductOptionValueParams = createSelectParams();
export const AdminGetProductOptionValuesParams = listParams(
  {},
  { q: z.string().optional(), id: oneOrMany(z.string()).optional(), value: oneOrMany(z.string()).optional(), ...dateFilters() },
);
