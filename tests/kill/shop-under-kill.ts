import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { expect } from "vitest";
import { adminHeaders, eventually } from "../support/running-app";
import type { RunningApp } from "../support/running-app";

/** What the server said was done, before it was killed. */
export interface Answered {
  created: Set<string>;
  updated: Map<string, string>;
}

const answeredFirst = 4;

/**
 * Creates and changes products, eight at a time, until the server is gone.
 *
 * @param killAfterMs How long to wait with the kill once the first writes of this round are answered.
 */
export async function writeUntilKilled(
  app: RunningApp,
  brandId: string,
  answered: Answered,
  killAfterMs: number,
  kill: () => Promise<void>,
): Promise<void> {
  const admin = await adminHeaders(app);
  let killed = false;
  let serial = 0;
  const writer = async (name: string) => {
    while (!killed) {
      try {
        const title = `${name}-${killAfterMs}-${++serial}`;
        const created = await app.request("POST", "/admin/products", {
          headers: admin,
          body: {
            title,
            status: "published",
            options: [{ title: "Size", values: ["S"] }],
            variants: [{ title: "S", manage_inventory: false, options: { Size: "S" }, prices: [{ currency_code: "eur", amount: 1 }] }],
            additional_data: { brand_id: brandId },
          },
        });
        if (created.status !== 200) throw new Error(`${created.status} ${created.text}`);
        const { id } = created.body.product;
        answered.created.add(id);
        const updated = await app.request("POST", `/admin/products/${id}`, { headers: admin, body: { title: `${title}!` } });
        if (updated.status !== 200) throw new Error(`${updated.status} ${updated.text}`);
        answered.updated.set(id, `${title}!`);
      } catch (error) {
        // Only a connection that broke is expected here.
        if (!killed) {
          await sleep(50);
          if (!killed) throw error;
        }
      }
    }
  };
  const writers = ["a", "b", "c", "d", "e", "f", "g", "h"].map(writer);
  const before = answered.created.size;
  await eventually(async () => answered.created.size >= before + answeredFirst, "the first writes are answered");
  await sleep(killAfterMs);
  killed = true;
  await kill();
  await Promise.all(writers);
}

// The journal of a run vanishes with its end; what is parked would stay.
const unfinished = "select count(*)::int as n from velella_execution where finished_at is null";

/** After the restart: everything answered is there, and nothing is half there. */
export async function expectWhole(databaseUrl: string, answered: Answered): Promise<{ products: number }> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const rows = async <Row>(text: string) => (await client.query(text)).rows as Row[];
  try {
    await eventually(async () => (await rows<{ n: number }>(unfinished))[0]?.n === 0, "no workflow is under way any more");
    const products = await rows<{ id: string; title: string }>("select id, title from product where deleted_at is null");
    const ids = new Set(products.map(({ id }) => id));
    const titles = new Map(products.map(({ id, title }) => [id, title]));
    for (const id of answered.created) expect(ids.has(id), `answered product ${id}`).toBe(true);
    for (const [id, title] of answered.updated) expect(titles.get(id), `answered change of ${id}`).toBe(title);

    const linked = await rows<{ product_id: string }>("select product_id from product_product_brand_brand where deleted_at is null");
    expect(new Set(linked.map(({ product_id }) => product_id))).toEqual(ids);

    const without = async (what: string, among: Iterable<string>, template: string) =>
      eventually(async () => {
        const found = await rows<{ resource_id: string }>(`select resource_id from notification where template = '${template}'`);
        const has = new Set(found.map(({ resource_id }) => resource_id));
        return [...among].every((id) => has.has(id));
      }, what);
    await without("every product was announced", ids, "product-created");
    await without("every answered change was mailed", answered.updated.keys(), "product-updated");
    return { products: products.length };
  } finally {
    await client.end();
  }
}
