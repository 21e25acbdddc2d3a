import { createRequire } from "node:module";
import { brandModels, linkTable, productModels } from "./catalogue.mjs";
import { listFields } from "./cases.mjs";

const require = createRequire(import.meta.url);
const { createConnection, createRepository, createTablesSql, ModuleService, specOf } = require("@velella/data");
const { createAppRegistries, createContainer, loadInto, silentLogger } = require("@velella/kernel");
const framework = (path) => require(`../../../packages/framework/dist/${path}.js`);
const { buildLinkable } = framework("modules/linkable");
const { defineLink } = framework("links/define-link");
const { linkRegistryKind } = framework("links/link-registry");
const { resolveLinks } = framework("links/resolve-links");
const { syncLinks } = framework("links/sync-links");
const { buildGraph } = framework("query/build-graph");
const { createQuery } = framework("query/create-query");

class ProductService extends ModuleService(productModels) {}
class BrandService extends ModuleService(brandModels) {}

/** This engine: services of two modules, and `query.graph` over the link between them. */
export function openVelella({ url, poolSize }) {
  const connection = createConnection({ url, poolSize, idleTimeoutMs: 0 });
  const repository = createRepository(connection);
  const product = new ProductService({ baseRepository: repository });
  const brand = new BrandService({ baseRepository: repository });
  const modules = [moduleOf("product", productModels, product, connection), moduleOf("brand", brandModels, brand, connection)];
  const links = resolveLinks(definedLinks(), modules);
  const query = createQuery({
    graph: buildGraph({ modules, links, connection }),
    container: createContainer(),
    logger: silentLogger(),
  });
  return {
    /** Makes the tables; the other contenders find them. */
    async createTables() {
      for (const statement of createTablesSql([...Object.values(productModels), ...Object.values(brandModels)].map(specOf))) {
        await connection.query(statement);
      }
      await syncLinks(connection, links);
      if (!links.some((link) => link.table === linkTable)) throw new TypeError(`The link's table is not ${linkTable}.`);
    },

    async list() {
      const { data, metadata } = await query.graph({
        entity: "product",
        fields: listFields,
        pagination: { take: 20, skip: 0, order: { title: "ASC" } },
      });
      return { rows: data, count: metadata.count };
    },

    async listRows() {
      return product.listProducts({}, { select: listFields, take: 20, order: { title: "ASC" } });
    },

    async nested() {
      const { data, metadata } = await query.graph({
        entity: "product",
        fields: nestedFields,
        pagination: { take: 20, skip: 0, order: { title: "ASC" } },
      });
      return { rows: data, count: metadata.count };
    },

    async filter(brandName) {
      const { data } = await query.graph({
        entity: "product",
        fields: ["id", "title", "handle", "status"],
        filters: { brand: { name: brandName } },
        pagination: { order: { title: "ASC" } },
      });
      return data;
    },

    insert: (rows) => product.createImportedProducts(rows),

    update: (id, title) => product.updateProducts({ id, title }),

    close: () => connection.close(),
  };
}

const nestedFields = [
  ...["id", "title", "handle", "status", "thumbnail", "created_at"],
  ...["options.id", "options.title", "options.values.id", "options.values.value"],
  ...["variants.id", "variants.title", "variants.sku", "variants.rank", "variants.manage_inventory"],
  ...["images.id", "images.url", "images.rank"],
  ...["tags.id", "tags.value"],
  ...["brand.id", "brand.name"],
];

function moduleOf(key, models, service, connection) {
  return { key, models: Object.values(models).map(specOf), service: () => service, connection };
}

function definedLinks() {
  const registries = createAppRegistries();
  const products = buildLinkable("product", productModels);
  const brands = buildLinkable("brand", brandModels);
  loadInto(registries, "links/product-brand.js", () => void defineLink({ linkable: products.product, isList: true }, brands.brand));
  return registries.get(linkRegistryKind).all();
}
