import { list, one } from "../../query-configs";

const defaults = [
  "id",
  "name",
  "description",
  "handle",
  "is_active",
  "is_internal",
  "rank",
  "external_id",
  "parent_category_id",
  "created_at",
  "updated_at",
  "metadata",
  "*parent_category",
  "*category_children",
];

export const retrieveConfig = one(defaults);
export const listConfig = list(defaults, 50);
