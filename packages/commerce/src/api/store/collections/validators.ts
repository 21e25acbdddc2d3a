import { createOperatorMap, createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { listParams, oneOrMany } from "../../validation/filters";

export const StoreGetCollectionParams = createSelectParams();
export const StoreGetCollectionsParams = listParams(
  { limit: 10, order: "-created_at" },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    title: oneOrMany(z.string()).optional(),
    handle: oneOrMany(z.string()).optional(),
    external_id: oneOrMany(z.string()).optional(),
    created_at: createOperatorMap().optional(),
    updated_at: createOperatorMap().optional(),
  },
);
