import { createSelectParams, withAdditionalData } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

const CreateCollection = z.object({
  title: z.string(),
  handle: z.string().optional(),
  external_id: z.string().nullish(),
  metadata,
});
export const AdminCreateCollection = withAdditionalData(CreateCollection);
export const AdminUpdateCollection = withAdditionalData(CreateCollection.partial());

export const AdminGetCollectionParams = createSelectParams();
export const AdminGetCollectionsParams = listParams(
  { limit: 10 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    title: oneOrMany(z.string()).optional(),
    handle: oneOrMany(z.string()).optional(),
    external_id: oneOrMany(z.string()).optional(),
    ...dateFilters(),
  },
);
