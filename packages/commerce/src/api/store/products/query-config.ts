import { productFields, variantFields } from "../../fields/product";
import { list, one } from "../../query-configs";

/** What storefronts may see of a product. */
export const allowedProductFields = [
  ...productFields.map((field) => field.replace("*", "")),
  "metadata",
  "categories",
  "status",
  "external_id",
  "deleted_at",
  "variants.calculated_price",
  "variants.inventory_quantity",
  "variants.images",
  "variants.options.option",
  "variants.inventory_items",
  "variants.inventory_items.inventory_item_id",
  "variants.inventory_items.required_quantity",
  "variants.inventory_items.inventory",
  "variants.inventory_items.inventory.location_levels",
  "variants.prices",
  ...[...variantFields, "deleted_at"].map((field) => `variants.${field}`),
  "variants.options.id",
  "variants.options.value",
  "options.id",
  "options.title",
  "options.is_exclusive",
  "options.values.id",
  "options.values.value",
  ...["id", "url", "rank"].map((field) => `images.${field}`),
  ...["id", "value", "created_at", "updated_at"].flatMap((field) => [`type.${field}`, `tags.${field}`]),
  ...["id", "title", "handle", "created_at", "updated_at", "deleted_at", "metadata"].map((field) => `collection.${field}`),
];

export const retrieveProductConfig = one(productFields, allowedProductFields);
export const listProductConfig = list(productFields, 50, allowedProductFields);
