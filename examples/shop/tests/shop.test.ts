import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { shopDirectory } from "../../../tests/support/command-line";
import { adminHeaders, eventually, prepareDatabase, startApp, storeHeaders } from "../../../tests/support/running-app";
import type { RunningApp } from "../../../tests/support/running-app";

let database: TestDatabase;
let app: RunningApp;
let admin: Record<string, string>;
let store: Record<string, string>;
let channelId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { directory: shopDirectory, env: { DATABASE_URL: database.url, REVIEW_DIGEST_SCHEDULE: "* * * * * *" } };
  await prepareDatabase(options);
  app = await startApp(options);
  admin = await adminHeaders(app);
  ({ headers: store, channelId } = await storeHeaders(app, admin));
});

afterAll(async () => {
  await app?.stop();
  await database?.drop();
});

async function sql<Row>(statement: string, params: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(statement, params)).rows;
  } finally {
    await client.end();
  }
}

const productBody = (title: string, additional_data?: object) => ({
  title,
  status: "published",
  sales_channels: [{ id: channelId }],
  options: [{ title: "Size", values: ["S", "M"] }],
  variants: ["S", "M"].map((size) => ({
    title: size,
    manage_inventory: false,
    options: { Size: size },
    prices: [{ currency_code: "eur", amount: 10.5 }],
  })),
  ...(additional_data ? { additional_data } : {}),
});

async function createProduct(title: string, additional_data?: object) {
  const answer = await app.request("POST", "/admin/products", { headers: admin, body: productBody(title, additional_data) });
  expect(answer.status, answer.text).toBe(200);
  return answer.body.product;
}

describe("reviews: a feature of its own", () => {
  test("a review is written, approved, listed and averaged", async () => {
    const product = await createProduct("Reviewed");
    const path = `/store/products/${product.id}/reviews`;
    for (const rating of [5, 2]) {
      const answer = await app.request("POST", path, { headers: store, body: { author: "Ada", text: "Floats.", rating } });
      expect(answer.status, answer.text).toBe(201);
      expect(answer.body.review).toMatchObject({ author: "Ada", rating, status: "pending" });
    }
    expect((await app.request("GET", path, { headers: store })).body).toEqual({ reviews: [], count: 0, average_rating: null });

    const rows = await sql<{ id: string }>("select id from review order by rating");
    for (const { id } of rows) {
      const approved = await app.request("POST", `/admin/reviews/${id}/approve`, { headers: admin });
      expect(approved.body.review).toMatchObject({ id, status: "approved" });
    }
    const listed = await app.request("GET", path, { headers: store });
    expect(listed.body).toMatchObject({ count: 2, average_rating: 3.5 });
  });

  test("a body that breaks the schema is refused with every issue and its path", async () => {
    const product = await createProduct("Not reviewed");
    const answer = await app.request("POST", `/store/products/${product.id}/reviews`, { headers: store, body: { author: 1, rating: 9 } });
    expect(answer.status).toBe(400);
    expect(answer.body.type).toBe("invalid_data");
    for (const field of ["author", "text", "rating"]) expect(answer.body.message).toContain(`'${field}'`);
  });

  test("a review of an unknown product leaves nothing behind", async () => {
    const before = await sql<{ n: number }>("select count(*)::int as n from review");
    const answer = await app.request("POST", "/store/products/prod_none/reviews", {
      headers: store,
      body: { author: "Ada", text: "Lost.", rating: 1 },
    });
    expect(answer.status).toBe(404);
    expect(await sql("select count(*)::int as n from review")).toEqual(before);
  });

  test("approval needs an admin", async () => {
    expect((await app.request("POST", "/admin/reviews/rev_x/approve")).status).toBe(401);
  });
});

describe("brands: an extension of products", () => {
  test("a product is created with its brand, and both are read in one SQL statement", async () => {
    const created = await app.request("POST", "/admin/brands", { headers: admin, body: { name: "Vela", handle: "vela" } });
    expect(created.status, created.text).toBe(201);
    const product = await createProduct("Branded", { brand_id: created.body.brand.id });
    const answer = await app.request("GET", `/admin/products/${product.id}?fields=id,title,*brand,*reviews`, { headers: admin });
    expect(answer.body.product).toMatchObject({ title: "Branded", brand: { name: "Vela" }, reviews: [] });
  });

  test("an unknown brand leaves neither product nor link nor event", async () => {
    const answer = await app.request("POST", "/admin/products", {
      headers: admin,
      body: productBody("Undone", { brand_id: "brand_none" }),
    });
    expect(answer.status).toBe(404);
    expect(answer.body.message).toBe("Brand with id: brand_none was not found");
    expect(await sql("select id from product where title = 'Undone' and deleted_at is null")).toEqual([]);
    expect(await sql("select product_id from product_product_brand_brand where brand_id = 'brand_none'")).toEqual([]);
  });

  test("additional_data is validated", async () => {
    const answer = await app.request("POST", "/admin/products", { headers: admin, body: productBody("Bad", { brand_id: 7 }) });
    expect(answer.status).toBe(400);
    expect(answer.body.message).toContain("additional_data, brand_id");
  });
});

describe("automation", () => {
  test("a changed product is mailed about, from the outbox", async () => {
    const product = await createProduct("Before");
    const updated = await app.request("POST", `/admin/products/${product.id}`, { headers: admin, body: { title: "After" } });
    expect(updated.status, updated.text).toBe(200);
    const mails = await eventually(async () => {
      const rows = await sql<{ to: string; channel: string; data: unknown; status: string }>(
        `select "to", channel, data, status from notification where resource_id = $1 and template = 'product-updated'`,
        [product.id],
      );
      return rows.length > 0 && rows.every(({ status }) => status !== "pending") && rows;
    }, "a mail about the changed product");
    expect(mails).toEqual([
      { to: "team@shop.test", channel: "email", data: { product_id: product.id, title: "After" }, status: "success" },
    ]);
  });

  test("the scheduled job runs its workflow", async () => {
    const product = await createProduct("Waiting for approval");
    await app.request("POST", `/store/products/${product.id}/reviews`, { headers: store, body: { author: "Bo", text: "Hm.", rating: 3 } });
    await eventually(async () => {
      const rows = await sql<{ data: { pending: number } }>("select data from notification where template = 'review-digest'");
      return rows.some(({ data }) => data.pending > 0);
    }, "a digest of the reviews that wait");
  });
});
