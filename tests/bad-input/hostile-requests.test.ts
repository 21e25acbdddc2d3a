import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import * as fc from "fast-check";
import { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shopDirectory } from "../support/command-line";
import { adminHeaders, prepareDatabase, startApp, storeHeaders } from "../support/running-app";
import type { Answer, RunningApp } from "../support/running-app";

/** SQL and worse in every place of a request where a client can write. */

let database: TestDatabase;
let app: RunningApp;
let admin: Record<string, string>;
let store: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  const options = { directory: shopDirectory, env: { DATABASE_URL: database.url } };
  await prepareDatabase(options);
  app = await startApp(options);
  admin = await adminHeaders(app);
  ({ headers: store } = await storeHeaders(app, admin));
  const body = { title: "Untouched", status: "published", options: [{ title: "Size", values: ["S"] }] };
  expect((await app.request("POST", "/admin/products", { headers: admin, body })).status).toBe(200);
});

afterAll(async () => {
  await app?.stop();
  await database?.drop();
});

const mark = "zq9";
const hostile = fc
  .tuple(
    fc.constantFrom(
      "'",
      '"',
      "\\'",
      "$1",
      "--",
      "/*",
      ";",
      "?",
      "\\",
      ")",
      "::text",
      '"."',
      "'||'",
      "[",
      "]",
      "&",
      "#",
      "%",
      "\u0000",
      "\ud800",
      "\n",
    ),
    fc.constantFrom("; drop table product; --", " or 1=1", " union select version()", "; delete from product; --", "' or ''='"),
  )
  .map(([quote, attack]) => `${quote}${mark}${attack}${quote}`);

/** What a client may see of a fault: never a word of the database. */
function expectHarmless(answer: Answer, path: string): void {
  expect(answer.text, path).not.toMatch(/syntax error|at or near|unterminated|42601|select .* from "/i);
  if (answer.status >= 500)
    expect(answer.body, path).toEqual({ code: "unknown_error", type: "unknown_error", message: "An unknown error occurred." });
}

const encode = (text: string) => encodeURIComponent(text.replace(/[\ud800-\udfff]/g, "\ufffd"));

test("query strings, paths, headers and bodies", async () => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (text, other) => {
      const [a, b] = [encode(text), encode(other)];
      const gets = [
        `/admin/products?fields=${a}`,
        `/admin/products?fields=id,${a}.${b},*${a},+${b},-title`,
        `/admin/products?order=${a}`,
        `/admin/products?order=-${a}`,
        `/admin/products?limit=${a}&offset=${b}`,
        `/admin/products?q=${a}`,
        `/admin/products?id=${a}&id=${b}`,
        `/admin/products?id[]=${a}&status[]=${b}`,
        `/admin/products?created_at[$gt]=${a}`,
        `/admin/products?created_at[${a}]=${b}`,
        `/admin/products?title[$like]=${a}`,
        `/admin/products?$and[0][title]=${a}&$or[0][${a}]=${b}`,
        `/admin/products?${a}=${b}`,
        `/admin/products/${a}`,
        `/admin/products/${a}/variants?fields=${b}`,
        `/admin/customers?q=${a}&email=${b}`,
        `/admin/product-categories?handle=${a}`,
      ];
      for (const path of gets) expectHarmless(await app.request("GET", path, { headers: admin }), path);
      for (const path of [
        `/store/products?q=${a}&order=${b}`,
        `/store/products/${a}`,
        `/store/products?fields=${a}`,
        `/store/products/${a}/content`,
      ])
        expectHarmless(await app.request("GET", path, { headers: store }), path);
      const posts: [string, unknown][] = [
        [
          "/admin/products",
          { title: text, handle: other, options: [{ title: text, values: [other] }], metadata: { [text]: other }, [text]: other },
        ],
        ["/admin/brands", { name: text, handle: `${other}${Math.random()}` }],
        ["/admin/brands", { name: { [text]: other }, handle: [text] }],
        ["/auth/user/emailpass", { email: text, password: other }],
        [`/admin/products/${a}`, { title: other }],
        [`/store/products/${a}/reviews`, { author: text, text: other, rating: 5 }],
      ];
      for (const [path, body] of posts)
        expectHarmless(await app.request("POST", path, { headers: path.startsWith("/store") ? store : admin, body }), path);
      expectHarmless(await app.request("DELETE", `/admin/products/${a}`, { headers: admin }), "delete");
      const header = Buffer.from(text.replace(/[^\x20-\x7e]/g, "")).toString("latin1");
      expectHarmless(await app.request("GET", "/store/products", { headers: { "x-publishable-api-key": header } }), "key");
      expectHarmless(await app.request("GET", "/admin/products", { headers: { authorization: `Bearer ${header}` } }), "token");
    }),
    { numRuns: 25 },
  );

  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    expect((await client.query("select count(*)::int as n from product where title = 'Untouched' and deleted_at is null")).rows).toEqual([
      { n: 1 },
    ]);
  } finally {
    await client.end();
  }
  expect(app.output()).not.toMatch(/syntax error at or near|unterminated quoted|bind message supplies/);
  expect((await app.request("GET", "/health")).status).toBe(200);
});
