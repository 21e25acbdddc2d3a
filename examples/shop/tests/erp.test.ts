import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { shopDirectory } from "../../../tests/support/command-line";
import { adminHeaders, eventually, prepareDatabase, startApp } from "../../../tests/support/running-app";
import type { RunningApp } from "../../../tests/support/running-app";
import { ErpServer } from "./erp-server";

const erp = new ErpServer();
const secret = "said-only-between-us";
let database: TestDatabase;
let client: Client;
let app: RunningApp;
let options: { directory: string; env: Record<string, string> };

beforeAll(async () => {
  await erp.come();
  database = await createTestDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  const env = {
    DATABASE_URL: database.url,
    ERP_URL: erp.url,
    ERP_WEBHOOK_SECRET: secret,
    ERP_SYNC_SCHEDULE: "* * * * * *",
    ERP_RETRY_SECONDS: "0.1",
    ERP_TIMEOUT: "1500",
  };
  options = { directory: shopDirectory, env };
  await prepareDatabase(options);
  app = await startApp(options);
});

// Items of one test are of no concern to the next.
afterEach(() => erp.items.clear());

afterAll(async () => {
  await app?.stop();
  await client?.end();
  await database?.drop();
  await erp.leave();
});

async function sql<Row>(statement: string, ...params: unknown[]): Promise<Row[]> {
  return (await client.query(statement, params)).rows;
}

const catalogue = (number: string) =>
  sql<{ title: string; sku: string; amount: number }>(
    `select p.title, v.sku, pr.amount::float8 as amount
    from product p
    join product_variant v on v.product_id = p.id and v.deleted_at is null
    join product_variant_price_set l on l.variant_id = v.id and l.deleted_at is null
    join price pr on pr.price_set_id = l.price_set_id and pr.deleted_at is null
    where p.external_id = $1 and p.deleted_at is null`,
    number,
  );

/** What stays of an item anywhere, also if it cannot be seen. */
const traces = async (number: string) => {
  const [row] = await sql<{ products: number; variants: number; prices: number }>(
    `select (select count(*)::int from product where external_id = $1 and deleted_at is null) as products,
    (select count(*)::int from product_variant where sku = $1 and deleted_at is null) as variants,
    (select count(*)::int from price_set s where deleted_at is null
      and not exists (select from product_variant_price_set l where l.price_set_id = s.id and l.deleted_at is null)) as prices`,
    number,
  );
  return row;
};

const feed = (template: string, text: string) =>
  sql<{ data: unknown }>(
    "select data from notification where template = $1 and (data::text like $2 or resource_id like $2) order by created_at",
    template,
    `%${text}%`,
  );

const idle = () =>
  eventually(
    async () => (await sql("select id from velella_execution where finished_at is null")).length === 0,
    "no workflow is under way any more",
  );

const acknowledged = (number: string) => [...erp.acknowledgements.values()].filter((numbers) => numbers.includes(number)).length;

const synced = (number: string) =>
  eventually(
    async () => acknowledged(number) === 1 && (await feed("erp-synced", number)).length === 1,
    `${number} is synced:\n${app.output()}`,
  );

describe("the sync, run by its job", () => {
  test("brings new and changed items into the catalogue, tells the ERP, and the subscriber tells the team", async () => {
    erp.change("LAMP", "Lamp", 89);
    erp.change("SAIL", "Sail", 49.9);
    await synced("LAMP");
    expect(await catalogue("LAMP")).toEqual([{ title: "Lamp", sku: "LAMP", amount: 89 }]);
    expect(await catalogue("SAIL")).toEqual([{ title: "Sail", sku: "SAIL", amount: 49.9 }]);

    erp.change("LAMP", "Violet lamp", 95);
    await eventually(async () => acknowledged("LAMP") === 2, "the change is acknowledged");
    await idle();
    expect(await catalogue("LAMP")).toEqual([{ title: "Violet lamp", sku: "LAMP", amount: 95 }]);
    await eventually(async () => (await feed("erp-synced", "LAMP")).length === 2, "the team is told of the change");
    expect((await feed("erp-synced", "LAMP")).map(({ data }) => data)).toMatchObject([
      { created: expect.any(Number), updated: 0 },
      { numbers: ["LAMP"], created: 0, updated: 1 },
    ]);
  });

  test("an ERP that fails, is slow, and loses answers is asked again until it has understood, once", async () => {
    erp.misbehave("PUT /acknowledgements", 503, "hang", "lose");
    const before = erp.to("PUT /acknowledgements").length;
    erp.change("SLOW", "Slow lamp", 10);
    await synced("SLOW");
    await idle();
    const sent = erp.to("PUT /acknowledgements").slice(before);
    expect(sent.length).toBeGreaterThanOrEqual(4);
    expect(new Set(sent.map(({ path }) => path)).size).toBe(1);
    expect(await catalogue("SLOW")).toHaveLength(1);
  });

  test("an ERP that refuses for good leaves no product, no event and no acknowledgement", async () => {
    erp.misbehave("PUT /acknowledgements", "lose", 500, 500, 500, 500);
    erp.change("NEVER", "Never lamp", 10);
    await erp.next("DELETE /acknowledgements");
    erp.items.clear(); // What is undone here would be tried again at the next tick.
    await idle();
    expect(await traces("NEVER")).toEqual({ products: 0, variants: 0, prices: 0 });
    expect(acknowledged("NEVER")).toBe(0);
    expect(await feed("erp-synced", "NEVER")).toEqual([]);
    expect(await sql("select id from velella_event where data like '%NEVER%'")).toEqual([]);
  });

  test("an ERP that is gone: the catalogue is as it was, and the item comes when the ERP is back", async () => {
    erp.change("GONE", "Gone lamp", 10);
    erp.misbehave("PUT /acknowledgements", "hang");
    await erp.next("PUT /acknowledgements");
    await erp.leave();
    await eventually(
      async () =>
        (await sql("select id from velella_execution where state = 'failed' and workflow_id = 'sync-products-from-erp'")).length > 0,
      `the withdrawal, which reached nobody, is on record as failed:\n${app.output()}`,
    );
    expect(await traces("GONE")).toEqual({ products: 0, variants: 0, prices: 0 });
    await erp.come();
    await synced("GONE");
    expect(await catalogue("GONE")).toHaveLength(1);
  });

  test.each(["GET /items", "PUT /acknowledgements"] as const)(
    "our process killed while it waits for %s goes on after its restart",
    async (route) => {
      const number = `KILLED-${route.slice(0, 3)}`;
      erp.change(number, "Killed lamp", 10);
      erp.misbehave(route, route === "GET /items" ? "hang" : "lose");
      await erp.next(route);
      await app.kill();
      app = await startApp(options);
      await synced(number);
      await idle();
      expect(await catalogue(number)).toEqual([{ title: "Killed lamp", sku: number, amount: 10 }]);
      expect(await traces(number)).toEqual({ products: 1, variants: 1, prices: 0 });
    },
  );
});

describe("an order, which waits for the ERP's webhook", () => {
  const webhook = (body: object, headers: Record<string, string> = { "x-erp-secret": secret }) =>
    app.request("POST", "/hooks/erp", { headers, body });
  const events = (reference: string) =>
    sql<{ n: number }>("select 1 as n from velella_event where name = 'erp.order-confirmed' and data like $1", `%${reference}%`);
  const state = async (reference: string) =>
    (await sql<{ state: string }>("select state from velella_execution where transaction_id = $1", reference))[0]?.state;

  async function order(number: string, quantity = 2): Promise<string> {
    const answer = await app.request("POST", "/admin/erp/orders", { headers: await adminHeaders(app), body: { number, quantity } });
    expect(answer.status, answer.text).toBe(202);
    const { reference } = answer.body;
    await eventually(async () => erp.orders.has(reference), "the order has reached the ERP");
    return reference;
  }

  test("is done when the ERP has confirmed it; the webhook sent again changes nothing", async () => {
    const reference = await order("SAIL-A");
    expect(erp.orders.get(reference)).toEqual({ number: "SAIL-A", quantity: 2 });
    expect(await state(reference)).toBe("invoking");
    const confirmation = { reference, status: "confirmed", arrives_at: "2027-01-02" };
    const answers = await Promise.all([webhook(confirmation), webhook(confirmation)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await eventually(async () => (await state(reference)) === "done", "the run is done");
    expect((await webhook({ ...confirmation, status: "refused" })).status).toBe(200);
    expect(await state(reference)).toBe("done");
    expect(await events("SAIL-A")).toHaveLength(1);
    expect(erp.orders.has(reference)).toBe(true);
  });

  test("is undone when the ERP refuses it", async () => {
    const reference = await order("SAIL-B");
    await webhook({ reference, status: "refused", reason: "Sold out." });
    await eventually(async () => (await state(reference)) === "reverted", "the run is undone");
    expect(erp.orders.has(reference)).toBe(false);
    expect(await events("SAIL-B")).toEqual([]);
  });

  test("waits on, when our process is killed meanwhile", async () => {
    const reference = await order("SAIL-C");
    // Until then the call, which is made, may not be on record, and would be made again.
    const resting = "select id from velella_execution where transaction_id = $1 and owner is null";
    await eventually(async () => (await sql(resting, reference)).length === 1, "the run rests");
    await app.kill();
    app = await startApp(options);
    expect((await webhook({ reference, status: "confirmed", arrives_at: "2027-01-02" })).status).toBe(200);
    await eventually(async () => (await state(reference)) === "done", "the run is done");
    expect(await events("SAIL-C")).toHaveLength(1);
    expect(erp.to("PUT /orders").filter(({ path }) => path.endsWith(reference))).toHaveLength(1);
  });

  test("believes no webhook without the secret", async () => {
    const reference = await order("SAIL-D");
    for (const headers of [{}, { "x-erp-secret": "guessed" }] as Record<string, string>[]) {
      expect((await webhook({ reference, status: "confirmed", arrives_at: "2027-01-02" }, headers)).status).toBe(401);
    }
    expect(await state(reference)).toBe("invoking");
  });
});
