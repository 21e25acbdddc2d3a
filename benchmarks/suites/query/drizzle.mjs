import { createRequire } from "node:module";
import { and, asc, eq, isNull, relations, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import { boolean, integer, jsonb, pgTable, primaryKey, text, timestamp } from "drizzle-orm/pg-core";
import pg from "pg";
import { linkTable } from "./catalogue.mjs";

const { generateId } = createRequire(import.meta.url)("@velella/kernel");

const times = () => ({
  created_at: timestamp("created_at", { withTimezone: true, mode: "date" }).defaultNow().notNull(),
  updated_at: timestamp("updated_at", { withTimezone: true, mode: "date" }).defaultNow().notNull(),
  deleted_at: timestamp("deleted_at", { withTimezone: true, mode: "date" }),
});

const product = pgTable("product", {
  id: text("id").primaryKey(),
  title: text("title").notNull(),
  handle: text("handle").notNull(),
  subtitle: text("subtitle"),
  description: text("description"),
  status: text("status").notNull(),
  thumbnail: text("thumbnail"),
  weight: integer("weight"),
  discountable: boolean("discountable").notNull(),
  metadata: jsonb("metadata"),
  ...times(),
});
const option = pgTable("product_option", {
  id: text("id").primaryKey(),
  title: text("title").notNull(),
  product_id: text("product_id").notNull(),
  ...times(),
});
const optionValue = pgTable("product_option_value", {
  id: text("id").primaryKey(),
  value: text("value").notNull(),
  option_id: text("option_id").notNull(),
  ...times(),
});
const variant = pgTable("product_variant", {
  id: text("id").primaryKey(),
  title: text("title").notNull(),
  sku: text("sku").notNull(),
  rank: integer("rank").notNull(),
  manage_inventory: boolean("manage_inventory").notNull(),
  product_id: text("product_id").notNull(),
  ...times(),
});
const image = pgTable("product_image", {
  id: text("id").primaryKey(),
  url: text("url").notNull(),
  rank: integer("rank").notNull(),
  product_id: text("product_id").notNull(),
  ...times(),
});
const tag = pgTable("product_tag", { id: text("id").primaryKey(), value: text("value").notNull(), ...times() });
const productTags = pgTable(
  "product_tags",
  { product_id: text("product_id").notNull(), product_tag_id: text("product_tag_id").notNull() },
  (table) => [primaryKey({ columns: [table.product_id, table.product_tag_id] })],
);
const brand = pgTable("brand", { id: text("id").primaryKey(), name: text("name").notNull(), ...times() });
const link = pgTable(
  linkTable,
  { id: text("id").notNull(), product_id: text("product_id").notNull(), brand_id: text("brand_id").notNull(), ...times() },
  (table) => [primaryKey({ columns: [table.product_id, table.brand_id] })],
);
const imported = pgTable("imported_product", {
  id: text("id").primaryKey(),
  title: text("title").notNull(),
  handle: text("handle").notNull(),
  description: text("description"),
  status: text("status").notNull(),
  thumbnail: text("thumbnail"),
  weight: integer("weight"),
  discountable: boolean("discountable").notNull(),
  metadata: jsonb("metadata"),
  ...times(),
});

const ofProduct = (table) =>
  relations(table, ({ one }) => ({ product: one(product, { fields: [table.product_id], references: [product.id] }) }));
const schema = {
  ...{ product, option, optionValue, variant, image, tag, productTags, brand, link, imported },
  productRelations: relations(product, ({ many }) => ({
    options: many(option),
    variants: many(variant),
    images: many(image),
    productTags: many(productTags),
    links: many(link),
  })),
  optionRelations: relations(option, ({ one, many }) => ({
    product: one(product, { fields: [option.product_id], references: [product.id] }),
    values: many(optionValue),
  })),
  valueRelations: relations(optionValue, ({ one }) => ({
    option: one(option, { fields: [optionValue.option_id], references: [option.id] }),
  })),
  variantRelations: ofProduct(variant),
  imageRelations: ofProduct(image),
  productTagsRelations: relations(productTags, ({ one }) => ({
    product: one(product, { fields: [productTags.product_id], references: [product.id] }),
    tag: one(tag, { fields: [productTags.product_tag_id], references: [tag.id] }),
  })),
  linkRelations: relations(link, ({ one }) => ({
    product: one(product, { fields: [link.product_id], references: [product.id] }),
    brand: one(brand, { fields: [link.brand_id], references: [brand.id] }),
  })),
};

/** Drizzle, with prepared queries wherever it has them. */
export function openDrizzle({ url, poolSize }) {
  const pool = new pg.Pool({ connectionString: url, max: poolSize, idleTimeoutMillis: 0 });
  const db = drizzle(pool, { schema });
  const alive = (table) => isNull(table.deleted_at);
  const { id, title, handle, status, thumbnail, weight, discountable, created_at } = product;
  const list = db
    .select({ id, title, handle, status, thumbnail, weight, discountable, created_at })
    .from(product)
    .where(alive(product))
    .orderBy(asc(title), asc(id))
    .limit(sql.placeholder("take"))
    .prepare("list");
  const count = db
    .select({ count: sql`count(*)::int` })
    .from(product)
    .where(alive(product))
    .prepare("count");
  const nested = db.query.product
    .findMany({
      columns: { id: true, title: true, handle: true, status: true, thumbnail: true, created_at: true },
      where: alive(product),
      orderBy: [asc(title), asc(id)],
      limit: sql.placeholder("take"),
      with: {
        options: {
          columns: { id: true, title: true },
          where: alive(option),
          orderBy: asc(option.id),
          with: { values: { columns: { id: true, value: true }, where: alive(optionValue), orderBy: asc(optionValue.id) } },
        },
        variants: {
          columns: { id: true, title: true, sku: true, rank: true, manage_inventory: true },
          where: alive(variant),
          orderBy: asc(variant.id),
        },
        images: { columns: { id: true, url: true, rank: true }, where: alive(image), orderBy: asc(image.id) },
        productTags: {
          columns: {},
          orderBy: asc(productTags.product_tag_id),
          with: { tag: { columns: { id: true, value: true, deleted_at: true } } },
        },
        links: { columns: {}, where: alive(link), with: { brand: { columns: { id: true, name: true, deleted_at: true } } } },
      },
    })
    .prepare("nested");
  const filter = db
    .select({ id, title, handle, status })
    .from(brand)
    .innerJoin(link, and(eq(link.brand_id, brand.id), alive(link)))
    .innerJoin(product, and(eq(product.id, link.product_id), alive(product)))
    .where(and(eq(brand.name, sql.placeholder("brand")), alive(brand)))
    .orderBy(asc(title), asc(id))
    .prepare("filter");
  const update = db
    .update(product)
    .set({ title: sql`${sql.placeholder("title")}`, updated_at: sql`now()` })
    .where(and(eq(id, sql.placeholder("id")), alive(product)))
    .returning()
    .prepare("update");
  return {
    async list() {
      const [rows, [counted]] = await Promise.all([list.execute({ take: 20 }), count.execute()]);
      return { rows, count: counted.count };
    },

    listRows: () => list.execute({ take: 20 }),

    async nested() {
      const [rows, [counted]] = await Promise.all([nested.execute({ take: 20 }), count.execute()]);
      const shaped = rows.map(({ productTags: tags, links, ...row }) => ({
        ...row,
        tags: tags.filter((pair) => !pair.tag.deleted_at).map((pair) => ({ id: pair.tag.id, value: pair.tag.value })),
        brand: links[0] && !links[0].brand.deleted_at ? { id: links[0].brand.id, name: links[0].brand.name } : undefined,
      }));
      return { rows: shaped, count: counted.count };
    },

    filter: (brandName) => filter.execute({ brand: brandName }),

    insert: (rows) =>
      db
        .insert(imported)
        .values(rows.map((row) => ({ id: generateId("iprod"), ...row })))
        .returning(),

    update: async (productId, newTitle) => (await update.execute({ id: productId, title: newTitle }))[0],

    close: () => pool.end(),
  };
}
