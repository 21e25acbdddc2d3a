import { list, one } from "../../query-configs";

const variantFields = [
  "id",
  "title",
  "sku",
  "thumbnail",
  "barcode",
  "ean",
  "upc",
  "allow_backorder",
  "manage_inventory",
  "hs_code",
  "origin_country",
  "mid_code",
  "material",
  "weight",
  "length",
  "height",
  "width",
  "metadata",
  "variant_rank",
  "product_id",
  "created_at",
  "updated_at",
  "deleted_at",
];
const priceFields = ["*prices", "*options", "prices.price_rules.value", "prices.price_rules.attribute"];

export const retrieveVariantConfig = one([...variantFields, ...priceFields]);
export const listVariantConfig = list([...variantFields, ...priceFields], 50);
export const listAllVariantsConfig = list([...variantFields, "*product", ...priceFields], 50);
export const listOptionConfig = list(["id", "title"], 50);

const productFields = [
  "id",
  "title",
  "subtitle",
  "status",
  "external_id",
  "description",
  "handle",
  "is_giftcard",
  "discountable",
  "thumbnail",
  "collection_id",
  "type_id",
  "weight",
  "length",
  "height",
  "width",
  "hs_code",
  "origin_country",
  "mid_code",
  "material",
  "created_at",
  "updated_at",
  "deleted_at",
  "metadata",
  "*type",
  "*collection",
  "*options",
  "*options.values",
  "*tags",
  "*images",
  "*variants",
  "*variants.prices",
  "variants.prices.price_rules.value",
  "variants.prices.price_rules.attribute",
  "*variants.options",
  "*variants.images",
  "*sales_channels",
];

export const retrieveProductConfig = one(productFields);
export const listProductConfig = list(productFields, 50);
