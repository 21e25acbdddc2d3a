import {
  booleanFromQuery,
  createBatchBody,
  createFindParams,
  createSelectParams,
  withAdditionalData,
  withAndOr,
} from "@velella/framework/http";
import { z } from "zod";
import { dateFilters, listParams, metadata, oneOrMany } from "../../validation/filters";

const status = z.enum(["draft", "proposed", "published", "rejected"]);
const idOnly = z.object({ id: z.string() });

/** What describes the goods, of products and variants alike. */
const customs = {
  weight: z.number().nullish(),
  length: z.number().nullish(),
  height: z.number().nullish(),
  width: z.number().nullish(),
  hs_code: z.string().nullish(),
  mid_code: z.string().nullish(),
  origin_country: z.string().nullish(),
  material: z.string().nullish(),
  metadata,
};

const codes = {
  sku: z.string().nullish(),
  ean: z.string().nullish(),
  upc: z.string().nullish(),
  barcode: z.string().nullish(),
};

/** A price as given for a variant. */
const CreateVariantPrice = z.object({
  currency_code: z.string(),
  amount: z.number(),
  min_quantity: z.number().nullish(),
  max_quantity: z.number().nullish(),
  rules: z.record(z.string(), z.string()).optional(),
});

const UpdateVariantPrice = z.object({
  id: z.string().optional(),
  currency_code: z.string().optional(),
  amount: z.number().optional(),
  min_quantity: z.number().nullish(),
  max_quantity: z.number().nullish(),
  rules: z.record(z.string(), z.string()).optional(),
});

/** A variant of a new product. */
export const CreateProductVariant = z
  .object({
    title: z.string(),
    ...codes,
    allow_backorder: booleanFromQuery().optional().default(false),
    manage_inventory: booleanFromQuery().optional().default(true),
    variant_rank: z.number().optional(),
    ...customs,
    prices: z.array(CreateVariantPrice),
    options: z.record(z.string(), z.string()).optional(),
    inventory_items: z.array(z.object({ inventory_item_id: z.string(), required_quantity: z.number() })).optional(),
  })
  .strict();
export const AdminCreateProductVariant = withAdditionalData(CreateProductVariant);

/** Changes to a variant; without `id` a new one where variants are given with a product. */
export const UpdateProductVariant = z
  .object({
    id: z.string().optional(),
    title: z.string().optional(),
    prices: z.array(UpdateVariantPrice).optional(),
    ...codes,
    thumbnail: z.string().nullish(),
    allow_backorder: booleanFromQuery().optional(),
    manage_inventory: booleanFromQuery().optional(),
    variant_rank: z.number().optional(),
    ...customs,
    options: z.record(z.string(), z.string()).optional(),
  })
  .strict();
export const AdminUpdateProductVariant = withAdditionalData(UpdateProductVariant);

const CreateProductOption = z
  .object({
    title: z.string(),
    values: z.array(z.string()),
    ranks: z.record(z.string(), z.number()).optional(),
    is_exclusive: z.boolean().optional(),
    metadata,
  })
  .strict();
const LinkProductOption = z.object({ id: z.string(), value_ids: z.array(z.string()).optional() });

/** A new product, with all that comes with it. */
export const CreateProduct = z
  .object({
    title: z.string(),
    subtitle: z.string().nullish(),
    description: z.string().nullish(),
    is_giftcard: booleanFromQuery().optional().default(false),
    discountable: booleanFromQuery().optional().default(true),
    images: z.array(z.object({ url: z.string() })).optional(),
    thumbnail: z.string().nullish(),
    handle: z.string().optional(),
    status: status.nullish().default("draft"),
    external_id: z.string().nullish(),
    type_id: z.string().nullish(),
    collection_id: z.string().nullish(),
    categories: z.array(idOnly).optional(),
    tags: z.array(idOnly).optional(),
    options: z.array(z.union([CreateProductOption, LinkProductOption])).optional(),
    variants: z.array(CreateProductVariant).optional(),
    sales_channels: z.array(idOnly).optional(),
    shipping_profile_id: z.string().optional(),
    ...customs,
  })
  .strict();
export const AdminCreateProduct = withAdditionalData(CreateProduct);

/** Changes to a product. */
export const UpdateProduct = z
  .object({
    title: z.string().optional(),
    discountable: booleanFromQuery().optional(),
    is_giftcard: booleanFromQuery().optional(),
    option_ids: z.array(z.string()).optional(),
    variants: z.array(UpdateProductVariant).optional(),
    status: status.optional(),
    subtitle: z.string().nullish(),
    description: z.string().nullish(),
    images: z.array(z.object({ id: z.string().optional(), url: z.string() })).optional(),
    thumbnail: z.string().nullish(),
    handle: z.string().optional(),
    type_id: z.string().nullish(),
    external_id: z.string().nullish(),
    collection_id: z.string().nullish(),
    categories: z.array(idOnly).optional(),
    tags: z.array(idOnly).optional(),
    sales_channels: z.array(idOnly).optional(),
    shipping_profile_id: z.string().nullish(),
    ...customs,
  })
  .strict();
export const AdminUpdateProduct = withAdditionalData(UpdateProduct);

/** Filters that the store has as well. */
export const productFilters = {
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  title: oneOrMany(z.string()).optional(),
  handle: oneOrMany(z.string()).optional(),
  is_giftcard: booleanFromQuery().optional(),
  category_id: oneOrMany(z.string()).optional(),
  option_id: oneOrMany(z.string()).optional(),
  option_value_id: oneOrMany(z.string()).optional(),
  external_id: oneOrMany(z.string()).optional(),
  collection_id: oneOrMany(z.string()).optional(),
  tag_id: oneOrMany(z.string()).optional(),
  type_id: oneOrMany(z.string()).optional(),
  ...dateFilters(),
};

const variantFilters = {
  id: oneOrMany(z.string()).optional(),
  manage_inventory: booleanFromQuery().optional(),
  allow_backorder: booleanFromQuery().optional(),
  sku: oneOrMany(z.string()).optional(),
  ean: oneOrMany(z.string()).optional(),
  upc: oneOrMany(z.string()).optional(),
  barcode: oneOrMany(z.string()).optional(),
  ...dateFilters(),
};

export const AdminGetProductParams = createSelectParams();
export const AdminGetProductsParams = listParams(
  { limit: 50 },
  { variants: withAndOr(z.object(variantFilters)).optional(), status: z.array(status).optional() },
)
  .extend({
    ...productFilters,
    price_list_id: z.array(z.string()).optional(),
    sales_channel_id: oneOrMany(z.string()).optional(),
  })
  // A transformation, since unknown parameters are left out here instead of refused.
  .transform((query) => query);

export const AdminGetProductVariantParams = createSelectParams();
export const AdminGetProductVariantsParams = listParams({ limit: 50 }, { q: z.string().optional(), ...variantFilters });
export const AdminGetProductOptionsParams = createFindParams({ limit: 50 }).extend({
  q: z.string().optional(),
  id: oneOrMany(z.string()).optional(),
  title: oneOrMany(z.string()).optional(),
});

/** Body of `POST /admin/products/batch`. */
export const AdminBatchProducts = createBatchBody(CreateProduct, UpdateProduct.extend({ id: z.string() }));

/** Body of `POST /admin/products/:id/variants/batch`. */
export const AdminBatchProductVariants = createBatchBody(CreateProductVariant, UpdateProductVariant.extend({ id: z.string() }));

/** Body of `POST /admin/products/:id/options/batch`: options to add, to take away, and values to use or not. */
export const AdminLinkProductOptions = z.object({
  add: z
    .array(z.union([z.string(), z.object({ id: z.string(), value_ids: z.array(z.string()).optional() }), CreateProductOption]))
    .optional(),
  remove: z.array(z.string()).optional(),
  update: z
    .array(z.object({ product_option_id: z.string(), add: z.array(z.string()).optional(), remove: z.array(z.string()).optional() }))
    .optional(),
});
