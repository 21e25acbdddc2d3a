import { loneVariantFields } from "../../fields/product";
import { list, one } from "../../query-configs";

const defaults = [...loneVariantFields, "*options", "*images", "product.id", "product.type_id"];
const allowed = [
  ...defaults.map((field) => field.replace("*", "")),
  "deleted_at",
  "calculated_price",
  "inventory_quantity",
  "options.id",
  "options.value",
  ...["id", "url", "rank"].map((field) => `images.${field}`),
];

export const retrieveConfig = one(defaults, allowed);
export const listConfig = list(defaults, 20, allowed);
