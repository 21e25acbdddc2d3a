import { listFields } from "./cases.mjs";

/** What results of the cases have to have in common, in one form for all contenders. */
export const essence = {
  list: ({ rows, count }) => ({ count, rows: plain(rows).map((row) => pick(row, listFields)) }),
  listRows: (rows) => plain(rows).map((row) => pick(row, listFields)),
  nested: ({ rows, count }) => ({ count, rows: plain(rows).map(nestedProduct) }),
  filter: (rows) => plain(rows).map((row) => pick(row, ["id", "title", "handle", "status"])),
  insert: (rows) => plain(rows).map((row) => pick(row, ["title", "handle", "description", "status", "weight", "discountable", "metadata"])),
  update: (row) => pick(plain(row), ["id", "handle", "description", "status", "weight", "metadata", "created_at"]),
};

function nestedProduct(product) {
  const brand = product.links ? product.links[0]?.brand : product.brand;
  return {
    ...pick(product, ["id", "title", "handle", "status", "thumbnail", "created_at"]),
    options: list(product.options, ["id", "title"], (option) => ({ values: list(option.values, ["id", "value"]) })),
    variants: list(product.variants, ["id", "title", "sku", "rank", "manage_inventory"]),
    images: list(product.images, ["id", "url", "rank"]),
    tags: list(product.tags, ["id", "value"]),
    brand: brand && pick(brand, ["id", "name"]),
  };
}

function list(rows, names, more = () => ({})) {
  return rows.map((row) => ({ ...pick(row, names), ...more(row) })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

const plain = (value) => JSON.parse(JSON.stringify(value));

const pick = (row, names) => Object.fromEntries(names.map((name) => [name, row[name]]));
