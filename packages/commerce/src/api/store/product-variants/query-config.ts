import { list, one } from "../../query-configs";

const columns = [
  ...["id", "title", "sku", "barcode", "ean", "upc", "allow_backorder", "manage_inventory", "variant_rank", "product_id", "thumbnail"],
  ...["hs_code", "origin_country", "mid_code", "material", "weight", "length", "height", "width", "created_at", "updated_at", "metadata"],
];
const defaults = [...columns, "*options", "*images", "product.id", "product.type_id"];
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
