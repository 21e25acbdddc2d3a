import { createRequire } from "node:module";
import { EntitySchema, MikroORM } from "@mikro-orm/postgresql";
import { linkTable } from "./catalogue.mjs";
import { listFields } from "./cases.mjs";

const { generateId } = createRequire(import.meta.url)("@velella/kernel");

const times = {
  created_at: { type: "Date", columnType: "timestamptz", defaultRaw: "now()" },
  updated_at: { type: "Date", columnType: "timestamptz", defaultRaw: "now()", onUpdate: () => new Date() },
  deleted_at: { type: "Date", columnType: "timestamptz", nullable: true },
};
const id = { type: "text", primary: true };
const text = { type: "text" };
const optional = { type: "text", nullable: true };
const integer = { type: "integer" };
const boolean = { type: "boolean" };
const notDeleted = { notDeleted: { name: "notDeleted", cond: { deleted_at: null }, default: true } };
const entity = (name, tableName, properties) =>
  new EntitySchema({ name, tableName, properties: { id, ...properties, ...times }, filters: notDeleted });
const many = (target, mappedBy) => ({ kind: "1:m", entity: target, mappedBy });
const one = (target, fieldName, inversedBy) => ({ kind: "m:1", entity: target, fieldName, inversedBy });

const Product = entity("Product", "product", {
  ...{ title: text, handle: text, subtitle: optional, description: optional, status: text, thumbnail: optional },
  ...{ weight: { ...integer, nullable: true }, discountable: boolean, metadata: { type: "json", nullable: true } },
  options: many("ProductOption", "product"),
  variants: many("ProductVariant", "product"),
  images: many("ProductImage", "product"),
  links: many("ProductBrand", "product"),
  tags: {
    kind: "m:n",
    entity: "ProductTag",
    pivotTable: "product_tags",
    joinColumn: "product_id",
    inverseJoinColumn: "product_tag_id",
    owner: true,
  },
});
const entities = [
  Product,
  entity("ProductOption", "product_option", {
    title: text,
    product: one("Product", "product_id", "options"),
    values: many("ProductOptionValue", "option"),
  }),
  entity("ProductOptionValue", "product_option_value", { value: text, option: one("ProductOption", "option_id", "values") }),
  entity("ProductVariant", "product_variant", {
    ...{ title: text, sku: text, rank: integer, manage_inventory: boolean },
    product: one("Product", "product_id", "variants"),
  }),
  entity("ProductImage", "product_image", { url: text, rank: integer, product: one("Product", "product_id", "images") }),
  entity("ProductTag", "product_tag", { value: text }),
  entity("Brand", "brand", { name: text, links: many("ProductBrand", "brand") }),
  new EntitySchema({
    name: "ProductBrand",
    tableName: linkTable,
    properties: {
      product: { ...one("Product", "product_id", "links"), primary: true },
      brand: { ...one("Brand", "brand_id", "links"), primary: true },
      id: text,
      ...times,
    },
    filters: notDeleted,
  }),
  entity("ImportedProduct", "imported_product", {
    ...{ title: text, handle: text, description: optional, status: text, thumbnail: optional },
    ...{ weight: { ...integer, nullable: true }, discountable: boolean, metadata: { type: "json", nullable: true } },
  }),
];

const nestedFields = [
  ...["title", "handle", "status", "thumbnail", "created_at"],
  ...["options.title", "options.values.value", "variants.title", "variants.sku", "variants.rank", "variants.manage_inventory"],
  ...["images.url", "images.rank", "tags.value", "links.brand.name"],
];

/** MikroORM 6: a fork of the entity manager for each call, as a server makes one for each request. */
export async function openMikroOrm({ url, poolSize }) {
  const { host, port, user, password, database } = createRequire(import.meta.url)("pg-connection-string").parse(url);
  const orm = await MikroORM.init({
    entities,
    ...{ host, port: Number(port), user, password: password ?? "", dbName: database },
    pool: { min: 0, max: poolSize, idleTimeoutMillis: 600_000 },
    allowGlobalContext: false,
    ensureDatabase: false,
    discovery: { warnWhenNoEntities: false },
  });
  const byTitle = { title: "asc", id: "asc" };
  return {
    async list() {
      const [rows, count] = await orm.em.fork().findAndCount("Product", {}, { fields: listFields, orderBy: byTitle, limit: 20 });
      return { rows, count };
    },

    listRows: () => orm.em.fork().find("Product", {}, { fields: listFields, orderBy: byTitle, limit: 20 }),

    async nested() {
      const [rows, count] = await orm.em.fork().findAndCount(
        "Product",
        {},
        {
          fields: nestedFields,
          populate: ["options.values", "variants", "images", "tags", "links.brand"],
          orderBy: byTitle,
          limit: 20,
          strategy: "select-in",
        },
      );
      return { rows, count };
    },

    filter: (brandName) =>
      orm.em
        .fork()
        .find(
          "Product",
          { links: { deleted_at: null, brand: { name: brandName, deleted_at: null } } },
          { fields: ["title", "handle", "status"], orderBy: byTitle },
        ),

    async insert(rows) {
      const em = orm.em.fork();
      const created = rows.map((row) => em.create("ImportedProduct", { id: generateId("iprod"), ...row }));
      await em.persistAndFlush(created);
      return created;
    },

    async update(productId, title) {
      const em = orm.em.fork();
      const product = await em.findOneOrFail("Product", productId);
      product.title = title;
      await em.flush();
      return product;
    },

    close: () => orm.close(true),
  };
}
