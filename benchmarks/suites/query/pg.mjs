import { createRequire } from "node:module";
import pg from "pg";
import { linkTable } from "./catalogue.mjs";
import { listFields } from "./cases.mjs";

const { generateId } = createRequire(import.meta.url)("@velella/kernel");

/**
 * SQL by hand, with `pg` and prepared statements: what the others are measured by. Limits are written out, since with a
 * parameter PostgreSQL plans the statement at each run.
 */
export function openPg({ url, poolSize }) {
  const pool = new pg.Pool({ connectionString: url, max: poolSize, idleTimeoutMillis: 0 });
  const run = async (name, text, values) => (await pool.query({ name, text, values })).rows;
  return {
    async list() {
      const rows = await run("list", listSql(true));
      return { rows, count: rows[0]?.count ?? 0 };
    },

    listRows: () => run("list_rows", listSql(false)),

    async nested() {
      const rows = await run("nested", nestedSql);
      return { rows, count: rows[0]?.count ?? 0 };
    },

    filter: (brandName) => run("filter", filterSql, [brandName]),

    insert: (products) => {
      const columns = importColumns.map(() => []);
      for (const product of products) {
        columns[0].push(generateId("iprod"));
        for (let index = 1; index < importColumns.length; index++) columns[index].push(product[importColumns[index]] ?? null);
      }
      return run("insert", insertSql, columns);
    },

    update: async (id, title) => (await run("update", updateSql, [id, title]))[0],

    close: () => pool.end(),
  };
}

const listSql = (counts) => `
  select ${listFields.join(", ")}${counts ? `, (select count(*)::int from product where deleted_at is null) as count` : ""}
  from product where deleted_at is null order by title, id limit 20`;

const nestedSql = `
  with page as (
    select id, title, handle, status, thumbnail, created_at from product where deleted_at is null order by title, id limit 20
  )
  select page.*, (select count(*)::int from product where deleted_at is null) as count,
    coalesce((select json_agg(json_build_object('id', o.id, 'title', o.title, 'values', coalesce(
        (select json_agg(json_build_object('id', v.id, 'value', v.value) order by v.id) from product_option_value v where v.option_id = o.id and v.deleted_at is null),
        '[]')) order by o.id) from product_option o where o.product_id = page.id and o.deleted_at is null), '[]') as options,
    coalesce((select json_agg(json_build_object('id', v.id, 'title', v.title, 'sku', v.sku, 'rank', v.rank, 'manage_inventory', v.manage_inventory) order by v.id)
      from product_variant v where v.product_id = page.id and v.deleted_at is null), '[]') as variants,
    coalesce((select json_agg(json_build_object('id', i.id, 'url', i.url, 'rank', i.rank) order by i.id)
      from product_image i where i.product_id = page.id and i.deleted_at is null), '[]') as images,
    coalesce((select json_agg(json_build_object('id', t.id, 'value', t.value) order by t.id)
      from product_tags pt join product_tag t on t.id = pt.product_tag_id where pt.product_id = page.id and t.deleted_at is null), '[]') as tags,
    (select json_build_object('id', b.id, 'name', b.name) from ${linkTable} l join brand b on b.id = l.brand_id
      where l.product_id = page.id and l.deleted_at is null and b.deleted_at is null) as brand
  from page order by title, id`;

const filterSql = `
  select p.id, p.title, p.handle, p.status
  from brand b join ${linkTable} l on l.brand_id = b.id join product p on p.id = l.product_id
  where b.name = $1 and b.deleted_at is null and l.deleted_at is null and p.deleted_at is null
  order by p.title, p.id`;

const importColumns = ["id", "title", "handle", "description", "status", "thumbnail", "weight", "discountable", "metadata"];
const importTypes = { weight: "int", discountable: "bool", metadata: "jsonb" };
const insertSql = `
  insert into imported_product (${importColumns.join(", ")})
  select * from unnest(${importColumns.map((name, index) => `$${index + 1}::${importTypes[name] ?? "text"}[]`).join(", ")})
  returning *`;

const updateSql = `update product set title = $2, updated_at = now() where id = $1 and deleted_at is null returning *`;
