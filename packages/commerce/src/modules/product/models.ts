import { model } from "@velella/data";

/** What a shop sells. Its prices live in the pricing module, reached through its variants. */
export const Product = model
  .define("Product", {
    id: model.id({ prefix: "prod" }).primaryKey(),
    title: model.text().searchable().translatable(),
    handle: model.text(),
    subtitle: model.text().searchable().translatable().nullable(),
    description: model.text().searchable().translatable().nullable(),
    is_giftcard: model.boolean().default(false),
    status: model.enum(["draft", "proposed", "published", "rejected"]).default("draft"),
    thumbnail: model.text().nullable(),
    weight: model.float().nullable(),
    length: model.float().nullable(),
    height: model.float().nullable(),
    width: model.float().nullable(),
    origin_country: model.text().nullable(),
    hs_code: model.text().nullable(),
    mid_code: model.text().nullable(),
    material: model.text().translatable().nullable(),
    discountable: model.boolean().default(true),
    external_id: model.text().nullable(),
    metadata: model.json().nullable(),
    variants: model.hasMany((): typeof ProductVariant => ProductVariant, { mappedBy: "product" }).searchable(),
    type: model.belongsTo((): typeof ProductType => ProductType, { mappedBy: "products" }).nullable(),
    tags: model.manyToMany((): typeof ProductTag => ProductTag, { mappedBy: "products", pivotTable: "product_tags" }),
    options: model.manyToMany((): typeof ProductOption => ProductOption, { mappedBy: "products", pivotEntity: () => ProductProductOption }),
    product_options: model.hasMany((): typeof ProductProductOption => ProductProductOption, { mappedBy: "product" }),
    images: model.hasMany((): typeof ProductImage => ProductImage, { mappedBy: "product" }),
    collection: model.belongsTo((): typeof ProductCollection => ProductCollection, { mappedBy: "products" }).nullable(),
    categories: model.manyToMany((): typeof ProductCategory => ProductCategory, {
      mappedBy: "products",
      pivotTable: "product_category_product",
    }),
  })
  .cascades({ delete: ["variants", "images"], detach: ["options"] })
  .indexes([
    { name: "IDX_product_handle_unique", on: ["handle"], unique: true },
    { name: "IDX_product_type_id", on: ["type_id"] },
    { name: "IDX_product_collection_id", on: ["collection_id"] },
    { name: "IDX_product_status", on: ["status"] },
  ]);

/** What is put into a cart: one choice of value per option of a product. */
export const ProductVariant = model
  .define("ProductVariant", {
    id: model.id({ prefix: "variant" }).primaryKey(),
    title: model.text().searchable().translatable(),
    sku: model.text().searchable().nullable(),
    barcode: model.text().searchable().nullable(),
    ean: model.text().searchable().nullable(),
    upc: model.text().searchable().nullable(),
    allow_backorder: model.boolean().default(false),
    manage_inventory: model.boolean().default(true),
    hs_code: model.text().nullable(),
    origin_country: model.text().nullable(),
    mid_code: model.text().nullable(),
    material: model.text().translatable().nullable(),
    weight: model.float().nullable(),
    length: model.float().nullable(),
    height: model.float().nullable(),
    width: model.float().nullable(),
    metadata: model.json().nullable(),
    variant_rank: model.number().default(0).nullable(),
    thumbnail: model.text().nullable(),
    product: model
      .belongsTo(() => Product, { mappedBy: "variants" })
      .searchable()
      .nullable(),
    images: model.manyToMany((): typeof ProductImage => ProductImage, {
      mappedBy: "variants",
      pivotEntity: () => ProductVariantProductImage,
      joinColumn: "variant_id",
      inverseJoinColumn: "image_id",
    }),
    options: model.manyToMany((): typeof ProductOptionValue => ProductOptionValue, {
      mappedBy: "variants",
      pivotTable: "product_variant_option",
      joinColumn: "variant_id",
      inverseJoinColumn: "option_value_id",
    }),
  })
  .indexes([
    { name: "IDX_product_variant_id_product_id", on: ["id", "product_id"] },
    { name: "IDX_product_variant_product_id", on: ["product_id"] },
    { name: "IDX_product_variant_sku_unique", on: ["sku"], unique: true },
    { name: "IDX_product_variant_barcode_unique", on: ["barcode"], unique: true },
    { name: "IDX_product_variant_ean_unique", on: ["ean"], unique: true },
    { name: "IDX_product_variant_upc_unique", on: ["upc"], unique: true },
  ]);

/** Something to choose, such as a size. An exclusive option belongs to one product; others are shared by title. */
export const ProductOption = model
  .define("ProductOption", {
    id: model.id({ prefix: "opt" }).primaryKey(),
    title: model.text().searchable().translatable(),
    is_exclusive: model.boolean().default(false),
    metadata: model.json().nullable(),
    products: model.manyToMany((): typeof Product => Product, { mappedBy: "options", pivotEntity: () => ProductProductOption }),
    values: model.hasMany((): typeof ProductOptionValue => ProductOptionValue, { mappedBy: "option" }),
  })
  .cascades({ delete: ["values"], detach: ["products"] })
  .indexes([{ name: "IDX_product_option_global_title_unique", on: ["title"], unique: true, where: "is_exclusive = false" }]);

/** One of the values of an option, such as "M". */
export const ProductOptionValue = model
  .define("ProductOptionValue", {
    id: model.id({ prefix: "optval" }).primaryKey(),
    value: model.text().searchable().translatable(),
    rank: model.number().nullable(),
    metadata: model.json().nullable(),
    option: model.belongsTo((): typeof ProductOption => ProductOption, { mappedBy: "values" }).nullable(),
    variants: model.manyToMany((): typeof ProductVariant => ProductVariant, { mappedBy: "options" }),
    product_options: model.manyToMany((): typeof ProductProductOption => ProductProductOption, {
      mappedBy: "values",
      pivotEntity: () => ProductProductOptionValue,
    }),
  })
  .indexes([{ name: "IDX_option_value_option_id_unique", on: ["option_id", "value"], unique: true }]);

/** That a product has an option. */
export const ProductProductOption = model.define("ProductProductOption", {
  id: model.id({ prefix: "prodopt" }).primaryKey(),
  product: model.belongsTo((): typeof Product => Product, { mappedBy: "product_options" }),
  product_option: model.belongsTo((): typeof ProductOption => ProductOption),
  values: model.manyToMany((): typeof ProductOptionValue => ProductOptionValue, {
    mappedBy: "product_options",
    pivotEntity: () => ProductProductOptionValue,
  }),
});

/** Which of an option's values a product uses. */
export const ProductProductOptionValue = model
  .define("ProductProductOptionValue", {
    id: model.id({ prefix: "prodoptval" }).primaryKey(),
    product_product_option: model.belongsTo((): typeof ProductProductOption => ProductProductOption),
    product_option_value: model.belongsTo((): typeof ProductOptionValue => ProductOptionValue),
  })
  .indexes([{ name: "IDX_product_product_option_value_product_product_option_id_fk", on: ["product_product_option_id"] }]);

/** A word that products are found by. */
export const ProductTag = model
  .define(
    { name: "ProductTag", tableName: "product_tag" },
    {
      id: model.id({ prefix: "ptag" }).primaryKey(),
      value: model.text().searchable().translatable(),
      external_id: model.text().nullable(),
      metadata: model.json().nullable(),
      products: model.manyToMany((): typeof Product => Product, { mappedBy: "tags", pivotTable: "product_tags" }),
    },
  )
  .indexes([{ name: "IDX_tag_value_unique", on: ["value"], unique: true }]);

/** What kind of thing a product is; one per product. */
export const ProductType = model
  .define("ProductType", {
    id: model.id({ prefix: "ptyp" }).primaryKey(),
    value: model.text().searchable().translatable(),
    external_id: model.text().nullable(),
    metadata: model.json().nullable(),
    products: model.hasMany((): typeof Product => Product, { mappedBy: "type" }),
  })
  .indexes([{ name: "IDX_type_value_unique", on: ["value"], unique: true }]);

/** Products that are shown together; one collection per product. */
export const ProductCollection = model
  .define("ProductCollection", {
    id: model.id({ prefix: "pcol" }).primaryKey(),
    title: model.text().searchable().translatable(),
    handle: model.text(),
    external_id: model.text().nullable(),
    metadata: model.json().nullable(),
    products: model.hasMany((): typeof Product => Product, { mappedBy: "collection" }),
  })
  .indexes([{ name: "IDX_collection_handle_unique", on: ["handle"], unique: true }]);

/** A node of the category tree; `mpath` holds the ids from the root down to it. */
export const ProductCategory = model
  .define("ProductCategory", {
    id: model.id({ prefix: "pcat" }).primaryKey(),
    name: model.text().searchable().translatable(),
    description: model.text().searchable().translatable().default(""),
    handle: model.text().searchable(),
    mpath: model.text(),
    is_active: model.boolean().default(false),
    is_internal: model.boolean().default(false),
    rank: model.number().default(0),
    external_id: model.text().nullable(),
    metadata: model.json().nullable(),
    parent_category: model.belongsTo((): typeof ProductCategory => ProductCategory, { mappedBy: "category_children" }).nullable(),
    category_children: model.hasMany((): typeof ProductCategory => ProductCategory, { mappedBy: "parent_category" }),
    products: model.manyToMany((): typeof Product => Product, { mappedBy: "categories", pivotTable: "product_category_product" }),
  })
  .cascades({ delete: ["category_children"] })
  .indexes([
    { name: "IDX_product_category_path", on: ["mpath"] },
    { name: "IDX_category_handle_unique", on: ["handle"], unique: true },
  ]);

/** A picture of a product, which its variants may share. */
export const ProductImage = model
  .define(
    { name: "ProductImage", tableName: "image" },
    {
      id: model.id({ prefix: "img" }).primaryKey(),
      url: model.text(),
      metadata: model.json().nullable(),
      rank: model.number().default(0),
      product: model.belongsTo((): typeof Product => Product, { mappedBy: "images" }),
      variants: model.manyToMany((): typeof ProductVariant => ProductVariant, {
        mappedBy: "images",
        pivotEntity: () => ProductVariantProductImage,
        joinColumn: "image_id",
        inverseJoinColumn: "variant_id",
      }),
    },
  )
  .indexes([
    { name: "IDX_product_image_url", on: ["url"] },
    { name: "IDX_product_image_rank", on: ["rank"] },
    { name: "IDX_product_image_url_rank_product_id", on: ["url", "rank", "product_id"] },
    { name: "IDX_product_image_rank_product_id", on: ["rank", "product_id"] },
  ]);

/** That a variant shows an image. */
export const ProductVariantProductImage = model.define("ProductVariantProductImage", {
  id: model.id({ prefix: "pvpi" }).primaryKey(),
  variant: model.belongsTo((): typeof ProductVariant => ProductVariant),
  image: model.belongsTo((): typeof ProductImage => ProductImage),
});
