import { list, one } from "../../query-configs";

const columns = ["id", "name", "description", "handle", "rank", "external_id", "parent_category_id", "created_at", "updated_at"];
const defaults = [...columns, "metadata", "*parent_category", "*category_children"];

/** What may be asked of a category's relatives, so many generations away. */
function relatives(generations: number): string[] {
  if (!generations) return [];
  const fields = [...columns, "deleted_at", ...relatives(generations - 1)];
  return ["parent_category", "category_children"].flatMap((relation) => [relation, ...fields.map((field) => `${relation}.${field}`)]);
}

const allowed = [
  ...columns,
  "metadata",
  "deleted_at",
  "products",
  ...["title", "variants", "options", "images"].map((field) => `products.${field}`),
  "category_children.products.title",
  ...relatives(3),
];

export const retrieveConfig = one(defaults, allowed);
export const listConfig = list(defaults, 50, allowed);
