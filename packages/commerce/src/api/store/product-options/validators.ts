import { booleanFromQuery, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, oneOrMany } from "../../validation/filters";

export const StoreGetProductOptionParams = createSelectParams();
export const StoreGetProductOptionsParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    title: oneOrMany(z.string()).optional(),
    is_exclusive: booleanFromQuery().optional(),
    ...dateFilters(),
  },
);
