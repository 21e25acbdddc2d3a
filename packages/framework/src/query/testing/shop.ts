import { createConnection, createRepository, createTablesSql, model, ModuleService, specOf } from "@velella/data";
import type { AnyEntity } from "@velella/data";
import { createAppRegistries, createContainer, loadInto, silentLogger } from "@velella/kernel";
import type { SqlConnection } from "@velella/kernel";
import { connectionTo, recordStatements } from "@velella/data/testing";
import { defineLink } from "../../links/define-link";
import type { LinkInput, LinkOptions } from "../../links/define-link";
import type { LinkRegistry } from "../../links/link-registry";
import { linkRegistryKind } from "../../links/link-registry";
import type { LinkSpec } from "../../links/link-spec";
import { resolveLinks } from "../../links/resolve-links";
import { syncLinks } from "../../links/sync-links";
import { buildLinkable } from "../../modules/linkable";
import { buildGraph } from "../build-graph";
import { createQuery } from "../create-query";
import type { GraphModule } from "../graph";
import type { QueryOptions } from "../query";

/** A small shop for tests: products with variants and prices, artists with albums, reviews and customers. */

export const Product = model.define("Product", {
  id: model.id({ prefix: "prod" }).primaryKey(),
  title: model.text(),
  metadata: model.json().nullable(),
  variants: model.hasMany(() => ProductVariant, { mappedBy: "product" }),
});
export const ProductVariant = model.define("ProductVariant", {
  id: model.id({ prefix: "variant" }).primaryKey(),
  title: model.text(),
  sku: model.text().nullable(),
  product: model.belongsTo(() => Product, { mappedBy: "variants" }),
});
export const PriceSet = model.define("PriceSet", {
  id: model.id({ prefix: "pset" }).primaryKey(),
  prices: model.hasMany(() => Price, { mappedBy: "price_set" }),
});
export const Price = model.define("Price", {
  id: model.id({ prefix: "price" }).primaryKey(),
  amount: model.bigNumber(),
  currency_code: model.text(),
  price_set: model.belongsTo(() => PriceSet, { mappedBy: "prices" }),
});
export const Artist = model.define("artist", {
  id: model.id({ prefix: "art" }).primaryKey(),
  name: model.text().searchable(),
  worth: model.bigNumber().default(0),
  albums: model.hasMany(() => Album, { mappedBy: "artist" }),
  profile: model.hasOne(() => Profile, { mappedBy: "artist" }).nullable(),
});
export const Album = model.define("album", {
  id: model.id({ prefix: "alb" }).primaryKey(),
  title: model.text(),
  year: model.number(),
  artist: model.belongsTo(() => Artist, { mappedBy: "albums" }),
});
export const Profile = model.define("profile", {
  id: model.id({ prefix: "prf" }).primaryKey(),
  website: model.text().nullable(),
  artist: model.belongsTo(() => Artist, { mappedBy: "profile" }),
});
export const Review = model.define("review", {
  id: model.id({ prefix: "rev" }).primaryKey(),
  text: model.text(),
  stars: model.number(),
  customer_id: model.text().nullable(),
});
export const Customer = model.define("Customer", {
  id: model.id({ prefix: "cus" }).primaryKey(),
  email: model.text(),
});

/** What links of the shop name, by module. */
export const linkable = {
  product: buildLinkable("product", { Product, ProductVariant }),
  pricing: buildLinkable("pricing", { PriceSet, Price }),
  studio: buildLinkable("studio", { Artist, Album, Profile }),
  review: buildLinkable("review", { Review }),
  customer: buildLinkable("customer", { Customer }),
};

/** The services that modules have by default, with their generated methods alone. */
export const ShopServices = {
  product: ModuleService({ Product, ProductVariant }),
  pricing: ModuleService({ PriceSet, Price }),
  studio: ModuleService({ Artist, Album, Profile }),
  review: ModuleService({ Review }),
  customer: ModuleService({ Customer }),
};

const entities: Record<keyof typeof ShopServices, AnyEntity[]> = {
  product: [Product, ProductVariant],
  pricing: [PriceSet, Price],
  studio: [Artist, Album, Profile],
  review: [Review],
  customer: [Customer],
};

/** The links of the shop, as its files define them. */
export const shopLinks: readonly (readonly [LinkInput, LinkInput, LinkOptions?])[] = [
  [linkable.studio.artist, { linkable: linkable.product.product, isList: true }],
  [
    { linkable: linkable.product.product, isList: true },
    { linkable: linkable.review.review, isList: true },
    {
      database: {
        extraColumns: {
          note: { type: "text", nullable: true },
          weight: { type: "integer", defaultValue: "1" },
          share: { type: "decimal", defaultValue: 0.5 },
        },
      },
    },
  ],
  [{ linkable: linkable.review.review, field: "customer_id" }, linkable.customer.customer, { readOnly: true }],
  [
    { linkable: linkable.product.productVariant, key: "variant_id", alias: "variant" },
    {
      linkable: linkable.pricing.priceSet,
      deleteCascade: true,
      forwards: { prices: { path: "prices", many: true }, calculated_price: { path: "calculated_price" } },
    },
    { database: { table: "product_variant_price_set", idPrefix: "pvps" }, entryPoint: "product_variant_price_set" },
  ],
];

/** Defines links in a registry of their own and resolves them against modules. */
export function linksOf(
  definitions: readonly (readonly [LinkInput, LinkInput, LinkOptions?])[],
  modules: readonly GraphModule[],
): LinkSpec[] {
  const registries = createAppRegistries();
  loadInto(registries, "src/links/test.ts", () => definitions.forEach(([left, right, options]) => defineLink(left, right, options)));
  const registry: LinkRegistry = registries.get(linkRegistryKind);
  return resolveLinks(registry.all(), modules);
}

/** Where the shop of a test differs from the usual one. */
export interface ShopOptions extends Partial<Pick<QueryOptions, "container" | "logger" | "strict" | "warn" | "limits">> {
  /** Classes of services, in place of those by default. */
  services?: Partial<Record<keyof typeof ShopServices, new (container: object) => object>>;
  /** More modules, such as those without a database. */
  modules?: readonly GraphModule[];
  /** More links, beside {@link shopLinks}. */
  links?: readonly (readonly [LinkInput, LinkInput, LinkOptions?])[];
  /** Additions to the modules of the shop, by key. */
  additions?: Readonly<Record<string, Partial<GraphModule>>>;
}

/** The shop's modules on a connection. */
export function shopModules(connection: SqlConnection, { services = {}, modules = [], additions = {} }: ShopOptions = {}): GraphModule[] {
  const own = Object.entries(entities).map(([key, models]): GraphModule => {
    const Service = services[key as keyof typeof ShopServices] ?? ShopServices[key as keyof typeof ShopServices];
    const service = new Service({ baseRepository: createRepository(connection) });
    const aliases: Record<string, string> = key === "product" ? { variant: "ProductVariant", variants: "ProductVariant" } : {};
    return { key, models: models.map(specOf), service: () => service, connection, aliases, ...additions[key] };
  });
  return [...own, ...modules];
}

/** A graph and its query over a connection. */
export function openShop(connection: SqlConnection, options: ShopOptions = {}) {
  const modules = shopModules(connection, options);
  const links = linksOf([...shopLinks, ...(options.links ?? [])], modules);
  const graph = buildGraph({ modules, links, connection });
  const { container = createContainer(), logger = silentLogger(), strict, warn, limits } = options;
  const query = createQuery({ graph, container, logger, strict, warn, limits });
  return { modules, links, graph, query };
}

/** An empty shop in a database: all tables, and a connection that counts its statements. */
export async function createShop(url: string) {
  const connection = createConnection({ ...connectionTo(url), poolSize: 4 });
  for (const statement of createTablesSql(Object.values(entities).flat().map(specOf))) await connection.query(statement);
  const links = linksOf(shopLinks, shopModules(connection));
  await syncLinks(connection, links);
  const statements: string[] = [];
  return { connection: recordStatements(connection, (text) => statements.push(text)), statements };
}

/** Inserts rows as they are; columns that a row does not have get their default. */
export async function insert(connection: SqlConnection, table: string, rows: readonly Record<string, unknown>[]): Promise<void> {
  const byColumns = new Map<string, Record<string, unknown>[]>();
  for (const row of rows) {
    const columns = Object.keys(row)
      .map((name) => `"${name}"`)
      .join();
    byColumns.set(columns, [...(byColumns.get(columns) ?? []), row]);
  }
  for (const [columns, group] of byColumns) {
    const values = `select ${columns} from jsonb_populate_recordset(null::"${table}", $1::jsonb)`;
    await connection.query(`insert into "${table}" (${columns}) ${values}`, [JSON.stringify(group)]);
  }
}
