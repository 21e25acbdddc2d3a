import { booleanFromQuery, createSelectParams, withAdditionalData } from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

const CreateProductCategory = z
  .object({
    name: z.string(),
    description: z.string().optional(),
    handle: z.string().optional(),
    is_internal: z.boolean().optional(),
    is_active: z.boolean().optional(),
    parent_category_id: z.string().nullish(),
    external_id: z.string().nullish(),
    metadata,
    rank: z.number().optional(),
  })
  .strict();
export const AdminCreateProductCategory = withAdditionalData(CreateProductCategory);
export const AdminUpdateProductCategory = withAdditionalData(CreateProductCategory.partial().strict());

/** Whether to answer with the whole tree above or below. */
export const treeParams = {
  include_ancestors_tree: booleanFromQuery().optional(),
  include_descendants_tree: booleanFromQuery().optional(),
};

export const AdminProductCategoryParams = createSelectParams().extend(treeParams);
export const AdminProductCategoriesParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    description: oneOrMany(z.string()).optional(),
    handle: oneOrMany(z.string()).optional(),
    // An empty string stands for no parent: the roots of the tree.
    parent_category_id: z
      .preprocess((value) => (value === "" || value === "null" ? null : value), oneOrMany(z.string()).nullable())
      .optional(),
    external_id: oneOrMany(z.string()).nullable().optional(),
    ...treeParams,
    is_internal: booleanFromQuery().optional(),
    is_active: booleanFromQuery().optional(),
    ...dateFilters(),
  },
);
