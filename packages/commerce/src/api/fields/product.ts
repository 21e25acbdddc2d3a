/** What admins and storefronts both see of products. What only one of them sees stands with its routes. */

const goodsFields = ["weight", "length", "height", "width", "hs_code", "origin_country", "mid_code", "material"];

export const productFields = [
  "id",
  "title",
  "subtitle",
  "description",
  "handle",
  "is_giftcard",
  "discountable",
  "thumbnail",
  "collection_id",
  "type_id",
  ...goodsFields,
  "created_at",
  "updated_at",
  "*type",
  "*collection",
  "*options",
  "*options.values",
  "*tags",
  "*images",
  "*variants",
  "*variants.options",
];

/** Of a variant within its product. */
export const variantFields = [
  "id",
  "title",
  "sku",
  "thumbnail",
  "barcode",
  "ean",
  "upc",
  "allow_backorder",
  "manage_inventory",
  ...goodsFields,
  "created_at",
  "updated_at",
];

/** Of a variant by itself. */
export const loneVariantFields = [...variantFields, "metadata", "variant_rank", "product_id"];
