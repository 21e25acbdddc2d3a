import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { model } = require("@velella/data");

/** The catalogue that all contenders read and write: a product with what belongs to it, and the brand of another module. */

export const Product = model.define("Product", {
  id: model.id({ prefix: "prod" }).primaryKey(),
  title: model.text().searchable().index("IDX_product_title"),
  handle: model.text().unique(),
  subtitle: model.text().nullable(),
  description: model.text().nullable(),
  status: model.enum(["draft", "proposed", "published", "rejected"]).default("draft"),
  thumbnail: model.text().nullable(),
  weight: model.number().nullable(),
  discountable: model.boolean().default(true),
  metadata: model.json().nullable(),
  options: model.hasMany(() => ProductOption, { mappedBy: "product" }),
  variants: model.hasMany(() => ProductVariant, { mappedBy: "product" }),
  images: model.hasMany(() => ProductImage, { mappedBy: "product" }),
  tags: model.manyToMany(() => ProductTag, { mappedBy: "products", pivotTable: "product_tags" }),
});

export const ProductOption = model.define("ProductOption", {
  id: model.id({ prefix: "opt" }).primaryKey(),
  title: model.text(),
  product: model.belongsTo(() => Product, { mappedBy: "options" }),
  values: model.hasMany(() => ProductOptionValue, { mappedBy: "option" }),
});

export const ProductOptionValue = model.define("ProductOptionValue", {
  id: model.id({ prefix: "optval" }).primaryKey(),
  value: model.text(),
  option: model.belongsTo(() => ProductOption, { mappedBy: "values" }),
});

export const ProductVariant = model.define("ProductVariant", {
  id: model.id({ prefix: "variant" }).primaryKey(),
  title: model.text(),
  sku: model.text().unique(),
  rank: model.number().default(0),
  manage_inventory: model.boolean().default(true),
  product: model.belongsTo(() => Product, { mappedBy: "variants" }),
});

export const ProductImage = model.define("ProductImage", {
  id: model.id({ prefix: "img" }).primaryKey(),
  url: model.text(),
  rank: model.number().default(0),
  product: model.belongsTo(() => Product, { mappedBy: "images" }),
});

export const ProductTag = model.define("ProductTag", {
  id: model.id({ prefix: "ptag" }).primaryKey(),
  value: model.text().unique(),
  products: model.manyToMany(() => Product, { mappedBy: "tags" }),
});

/** What the bulk insert fills: like a product, in a table that can be emptied between rounds. */
export const ImportedProduct = model.define("ImportedProduct", {
  id: model.id({ prefix: "iprod" }).primaryKey(),
  title: model.text(),
  handle: model.text().unique(),
  description: model.text().nullable(),
  status: model.enum(["draft", "proposed", "published", "rejected"]).default("draft"),
  thumbnail: model.text().nullable(),
  weight: model.number().nullable(),
  discountable: model.boolean().default(true),
  metadata: model.json().nullable(),
});

export const Brand = model.define("Brand", {
  id: model.id({ prefix: "brand" }).primaryKey(),
  name: model.text().index("IDX_brand_name"),
});

export const productModels = { Product, ProductOption, ProductOptionValue, ProductVariant, ProductImage, ProductTag, ImportedProduct };
export const brandModels = { Brand };

/** Table of the link between products and brands. */
export const linkTable = "product_product_brand_brand";
