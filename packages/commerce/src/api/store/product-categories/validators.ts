import { createSelectParams } from "@velella/framework/http";
import { z } from "zod";
import { treeParams } from "../../admin/product-categories/validators";
import { dateFilters, listParams, oneOrMany } from "../../validation/filters";

export const StoreProductCategoryParams = createSelectParams().extend(treeParams);
export const StoreProductCategoriesParams = listParams(
  { limit: 50 },
  {
    q: z.string().optional(),
    id: oneOrMany(z.string()).optional(),
    name: oneOrMany(z.string()).optional(),
    description: oneOrMany(z.string()).optional(),
    handle: oneOrMany(z.string()).optional(),
    // An empty text stands for no parent: the roots of the tree.
    parent_category_id: z
      .preprocess((value) => (value === "" || value === "null" ? null : value), oneOrMany(z.string()).nullable())
      .optional(),
    external_id: oneOrMany(z.string()).nullable().optional(),
    ...treeParams,
    ...dateFilters(),
  },
);
