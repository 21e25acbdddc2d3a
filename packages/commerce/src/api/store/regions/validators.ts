import { z } from "zod";
import { createFindParams, createSelectParams, oneOrMany, withAndOr } from "../../validation/find-params";

export const StoreGetRegionParams = createSelectParams();
export const StoreGetRegionsParams = withAndOr(createFindParams({ limit: 50 }), {
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  currency_code: oneOrMany(z.string()).optional(),
  name: oneOrMany(z.string()).optional(),
});
