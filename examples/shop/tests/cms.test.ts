import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { shopDirectory } from "../../../tests/support/command-line";
import { adminHeaders, prepareDatabase, startApp, storeHeaders } from "../../../tests/support/running-app";
import type { RunningApp } from "../../../tests/support/running-app";
import CmsModuleService from "../src/modules/cms/service";

/** The content system: answers as it is told to. */
const answers = {
  well: (ids: string[], response: ServerResponse) =>
    response.end(JSON.stringify(ids.map((id) => ({ product_id: id, headline: `All about ${id}`, body: "…", internal: true })))),
  onlyTheFirst: (ids: string[], response: ServerResponse) => answers.well(ids.slice(0, 1), response),
  nothing: (_ids: string[], response: ServerResponse) => response.end("[]"),
  failing: (_ids: string[], response: ServerResponse) => response.writeHead(503).end(),
  garbled: (_ids: string[], response: ServerResponse) => response.end('{"contents":'),
  notAList: (_ids: string[], response: ServerResponse) => response.end('{"contents":[]}'),
  // So slow that nobody waits for it.
  slow: () => undefined,
};
let answer: (ids: string[], response: ServerResponse) => unknown = answers.well;
const asked: string[][] = [];

let cms: Server;
let database: TestDatabase;
let app: RunningApp;
let admin: Record<string, string>;
let store: Record<string, string>;
const ids: string[] = [];

beforeAll(async () => {
  cms = createServer((request: IncomingMessage, response) => {
    const list = new URL(request.url ?? "", "http://cms").searchParams.get("product_id")?.split(",") ?? [];
    asked.push(list);
    answer(list, response);
  }).listen(0, "127.0.0.1");
  await once(cms, "listening");
  database = await createTestDatabase();
  const url = `http://127.0.0.1:${(cms.address() as AddressInfo).port}`;
  const options = { directory: shopDirectory, env: { DATABASE_URL: database.url, CMS_URL: url, CMS_TIMEOUT: "3000" } };
  await prepareDatabase(options);
  app = await startApp(options);
  admin = await adminHeaders(app);
  ({ headers: store } = await storeHeaders(app, admin));
  for (const title of ["Poster", "Pen", "Paper"]) {
    const created = await app.request("POST", "/admin/products", {
      headers: admin,
      body: { title, status: "published", options: [{ title: "Size", values: ["S"] }] },
    });
    expect(created.status, created.text).toBe(200);
    ids.push(created.body.product.id);
  }
});

afterAll(async () => {
  await app?.stop();
  cms?.closeAllConnections();
  cms?.close();
  await database?.drop();
});

afterEach(() => {
  answer = answers.well;
  asked.length = 0;
});

const list = () => app.request("GET", "/admin/products?fields=id,title,*content&order=title", { headers: admin });

describe("content: a virtual model of another system", () => {
  test("comes with the products, in one request for all of them", async () => {
    const { body } = await list();
    expect(
      body.products.map((product: { title: string; content: { headline: string } }) => [product.title, product.content.headline]),
    ).toEqual([
      ["Paper", `All about ${ids[2]}`],
      ["Pen", `All about ${ids[1]}`],
      ["Poster", `All about ${ids[0]}`],
    ]);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.toSorted()).toEqual(ids.toSorted());
  });

  test("is not asked for when nobody wants it", async () => {
    expect((await app.request("GET", "/admin/products?fields=id,title", { headers: admin })).status).toBe(200);
    expect(asked).toEqual([]);
  });

  test("is read by its fields", async () => {
    const one = await app.request("GET", `/admin/products/${ids[0]}?fields=id,content.headline`, { headers: admin });
    expect(one.body.product.content).toEqual({ headline: `All about ${ids[0]}`, product_id: ids[0] });
  });

  test("may be missing; a route that needs it names the source that returned too few", async () => {
    answer = answers.onlyTheFirst;
    const { body } = await list();
    expect(body.products.filter((product: object) => "content" in product)).toHaveLength(1);
    answer = answers.nothing;
    const missing = await app.request("GET", `/store/products/${ids[1]}/content`, { headers: store });
    expect(missing.status).toBe(404);
    expect(missing.body.message).toBe(`cms.list, the source of "content", did not return the records with product_id: ${ids[1]}.`);
    answer = answers.well;
    const there = await app.request("GET", `/store/products/${ids[1]}/content`, { headers: store });
    expect(there.body.product).toMatchObject({ title: "Pen", content: { headline: `All about ${ids[1]}` } });
  });

  test.each([
    ["garbled", "JSON"],
    ["slow", "timeout"],
  ] as const)("a source that is %s is named, with the cause", async (kind, cause) => {
    answer = answers[kind];
    const { status, body } = await list();
    expect(status).toBe(500);
    expect(body.message).toContain('cms.list, the source of "content", failed: ');
    expect(body.message).toContain(cause);
  });

  test("a refusal of the content system is told as the module tells it", async () => {
    answer = answers.failing;
    expect(await list()).toMatchObject({ status: 500, body: { type: "unexpected_state", message: "The content system answered 503." } });
  });

  test("an address that is missing is told by the name of its setting", async () => {
    await expect(new CmsModuleService({}).list({ product_id: "p" })).rejects.toMatchObject({
      type: "invalid_argument",
      message: "The content system has no address: set CMS_URL.",
    });
  });

  test("an answer that is no list is refused as such", async () => {
    answer = answers.notAList;
    expect((await list()).body.message).toBe('cms.list, the source of "content", returned an object where an array of rows was expected.');
  });
});
