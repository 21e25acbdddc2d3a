import { linkTable } from "./catalogue.mjs";

/** What a list shows of each product. */
export const listFields = ["id", "title", "handle", "status", "thumbnail", "weight", "discountable", "created_at"];

const brandNameOf = (number) => `Brand ${String(number).padStart(4, "0")}`;

/** A brand's name, another one at each call. */
export function someBrand(brands) {
  let last = 0;
  return () => brandNameOf((last = (last % brands) + 1));
}

/** A product's id, at random. */
export const someProduct = (products) => idOf("prod", 1 + Math.floor(Math.random() * products));

const idOf = (prefix, number) => `${prefix}_01${String(number).padStart(24, "0")}`;

let lastImport = 0;

/** Rows for a bulk insert, with handles that never come twice. */
export function importedRows(count) {
  return Array.from({ length: count }, () => {
    const number = ++lastImport;
    return {
      title: `Imported product ${number}`,
      handle: `imported-product-${number}`,
      description: "Soft cotton, made to last; washed once before it leaves the house.",
      status: number % 3 ? "published" : "draft",
      weight: number % 900,
      discountable: number % 7 !== 0,
      metadata: { season: "winter", supplier: { id: number % 40, name: "Ms O'Hara" } },
    };
  });
}

/** Brings the catalogue to a number of products, each with its options, variants, images, tags and a brand, among a number of brands. */
export async function fillCatalogue(client, { from = 0, products, brands, alone = false }) {
  const id = (prefix, number) => `'${prefix}_01' || lpad((${number})::text, 24, '0')`;
  const product = id("prod", "p");
  const each = `from generate_series(${from + 1}, ${products}) p`;
  const per = (count) => `${each}, generate_series(1, ${count}) n`;
  const run = (table, columns, select, rest = "") =>
    client.query(`insert into "${table}" (${columns}) select ${select} on conflict do nothing ${rest}`);
  await run("brand", "id, name", `${id("brand", "b")}, 'Brand ' || lpad(b::text, 4, '0') from generate_series(1, ${brands}) b`);
  await run(
    "product",
    "id, title, handle, subtitle, description, status, thumbnail, weight, discountable, metadata",
    `${product}, 'Product ' || lpad(((p * 7919) % 1000003)::text, 7, '0'), 'product-' || p, null, repeat('A product with a description. ', 8),
     case when p % 5 = 0 then 'draft' else 'published' end, 'https://cdn.example.com/thumbnails/' || p || '.jpg', p % 700, p % 3 <> 0, '{"color": "red"}' ${each}`,
  );
  await run(linkTable, "id, product_id, brand_id", `${id("link", "p")}, ${product}, ${id("brand", `1 + p % ${brands}`)} ${each}`);
  if (!alone) {
    await run("product_tag", "id, value", `${id("ptag", "t")}, 'tag ' || t from generate_series(0, 49) t`);
    await run("product_option", "id, title, product_id", `${id("opt", "p * 2 + n")}, (array['Size', 'Color'])[n], ${product} ${per(2)}`);
    await run(
      "product_option_value",
      "id, value, option_id",
      `${id("optval", "(p * 2 + o) * 3 + n")}, (array['S', 'M', 'L', 'Red', 'Blue', 'Green'])[(o - 1) * 3 + n], ${id("opt", "p * 2 + o")}
       ${per(3)}, generate_series(1, 2) o`,
    );
    await run(
      "product_variant",
      "id, title, sku, rank, manage_inventory, product_id",
      `${id("variant", "p * 4 + n")}, 'Variant ' || n, 'SKU-' || p || '-' || n, n, n % 2 = 0, ${product} ${per(4)}`,
    );
    await run(
      "product_image",
      "id, url, rank, product_id",
      `${id("img", "p * 3 + n")}, 'https://cdn.example.com/images/' || p || '-' || n || '.jpg', n, ${product} ${per(3)}`,
    );
    await run("product_tags", "product_id, product_tag_id", `${product}, ${id("ptag", "(p * n) % 50")} ${per(3)}`);
  }
  await client.query("vacuum analyze");
}
