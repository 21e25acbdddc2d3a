import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { listParams, oneOrMany } from "../../validation/filters";

export const StoreGetRegionParams = createSelectParams();
export const StoreGetRegionsParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    currency_code: oneOrMany(z.string()).optional(),
    name: oneOrMany(z.string()).optional(),
  },
);
