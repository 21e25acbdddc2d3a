import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, oneOrMany } from "../../validation/filters";

export const StoreGetProductTagParams = createSelectParams();
export const StoreGetProductTagsParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    value: oneOrMany(z.string()).optional(),
    external_id: oneOrMany(z.string()).optional(),
    ...dateFilters(),
  },
);
