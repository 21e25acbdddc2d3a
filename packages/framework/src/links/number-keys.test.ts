import { createRepository, createTablesSql, managerFor, model, ModuleService, specOf } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "@velella/data/testing";
import type { TestDatabase } from "@velella/data/testing";
import { buildLinkable } from "../modules/linkable";
import type { GraphModule } from "../query/graph";
import { createShop, insert, linkable, linksOf, openShop } from "../query/testing/shop";
import { LinkService } from "./link-service";
import { planLinkSync, syncLinks } from "./sync-links";
import type { TableLinkSpec } from "./link-spec";

/** Links to models whose keys are whole numbers, or texts by another name than `id`. */

const Shelf = model.define("shelf", { no: model.number().primaryKey(), label: model.text() });
const Ticket = model.define("ticket", { no: model.autoincrement().primaryKey(), label: model.text() });
const Code = model.define("code", { code: model.text().primaryKey(), label: model.text() });
const Odd = model.define("odd", { id: model.id().primaryKey(), at: model.dateTime() });
const models = { Shelf, Ticket, Code, Odd };
const store = buildLinkable("store", models);

let database: TestDatabase;
let connection: SqlConnection;
let shop: ReturnType<typeof openShop>;
let link: LinkService;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ connection } = await createShop(database.url));
  for (const statement of createTablesSql(Object.values(models).map(specOf))) await connection.query(statement);
  const service = new (ModuleService(models))({ baseRepository: createRepository(connection) });
  const module: GraphModule = { key: "store", models: Object.values(models).map(specOf), service: () => service, connection };
  shop = openShop(connection, {
    warn: false,
    modules: [module],
    links: [
      [linkable.customer.customer, { linkable: store.shelf, isList: true }],
      [linkable.product.product, { linkable: store.ticket, deleteCascade: true }],
      [store.shelf, { linkable: store.code, isList: true }],
    ],
  });
  await syncLinks(connection, shop.links);
  link = new LinkService({
    links: shop.links,
    connection,
    service: (key) => shop.modules.find((one) => one.key === key)!.service(),
    manager: managerFor,
  });
  await insert(
    connection,
    "shelf",
    [5, 12].map((no) => ({ no, label: `shelf ${no}` })),
  );
  await insert(connection, "ticket", [{ label: "first" }, { label: "second" }]);
  await insert(connection, "code", [{ code: "k1", label: "K" }]);
  await insert(connection, "customer", [{ id: "c1", email: "c@test.dev" }]);
  await insert(connection, "product", [{ id: "p1", title: "p1" }]);
});

afterAll(async () => {
  await connection?.close();
  await database?.drop();
});

beforeEach(() =>
  connection.query("truncate customer_customer_store_shelf, product_product_store_ticket, store_shelf_store_code").then(() => undefined),
);

const onShelf = (shelf_no: unknown) => ({ customer: { customer_id: "c1" }, store: { shelf_no } });
const ticket = (ticket_no: number) => ({ product: { product_id: "p1" }, store: { ticket_no } });

test("numbers are taken, also written out, and come back as numbers", async () => {
  expect(await link.create([onShelf(5), onShelf("12")])).toMatchObject([
    { customer_id: "c1", shelf_no: 5 },
    { customer_id: "c1", shelf_no: 12 },
  ]);
  expect(await link.list(onShelf([5, 7]), { asLinkDefinition: true })).toEqual([onShelf(5)]);
  expect(await link.list(onShelf(undefined))).toHaveLength(2);
  await link.dismiss(onShelf(5));
  await link.destroy(onShelf(12));
  expect(await link.list(onShelf(undefined))).toEqual([]);
  expect((await connection.query("select shelf_no from customer_customer_store_shelf")).rows).toEqual([{ shelf_no: 5 }]);
});

test.each([["x"], [1.5], [2 ** 40], [""], [null], [{ $ne: 1 }]])("%j is no number of a record", async (value) => {
  await expect(link.create(onShelf(value))).rejects.toMatchObject({
    reason: "link.id_missing",
    message: expect.stringContaining('needs an id for "shelf_no", a whole number of 4 bytes; it is '),
  });
});

test("queries go over them both ways, and filter and order by them", async () => {
  await link.create([onShelf(5), onShelf(12)]);
  const forth = { entity: "customer", fields: ["email", "shelves.label"], filters: { shelves: { no: 5 } } };
  expect((await shop.query.graph(forth)).data).toEqual([
    {
      id: "c1",
      email: "c@test.dev",
      shelves: [
        { no: 5, label: "shelf 5" },
        { no: 12, label: "shelf 12" },
      ],
    },
  ]);
  const back = { entity: "shelf", fields: ["label", "customer.email"], pagination: { order: { customer_link: { shelf_no: "DESC" } } } };
  expect((await shop.query.graph(back as never)).data.map((row: { label: string }) => row.label)).toEqual(["shelf 12", "shelf 5"]);
  expect((await shop.query.graph({ entity: "customer_shelf", fields: ["shelf_no"], filters: { shelf_no: 12 } })).data).toEqual([
    { shelf_no: 12 },
  ]);
});

test("sides that are no list, cascades and their restoring work by numbers", async () => {
  await link.create(ticket(1));
  await expect(link.create(ticket(2))).rejects.toMatchObject({ reason: "link.multiple_links" });
  expect(await link.delete({ product: { product_id: "p1" } })).toEqual([null, { store: { ticket_no: [1] } }]);
  expect((await connection.query("select no from ticket where deleted_at is null")).rows).toEqual([{ no: 2 }]);
  expect(await link.restore({ product: { product_id: "p1" } })).toEqual([null, { store: { ticket_no: [1] } }]);
  expect(await link.list(ticket(1))).toHaveLength(1);
  expect(await link.delete({ store: { ticket_no: ["1"] } })).toEqual([null, {}]);
  expect(await link.list(ticket(1))).toEqual([]);
});

test("a number is linked with a text", async () => {
  await link.create({ store: { shelf_no: 5, code_code: "k1" } });
  expect((await shop.query.graph({ entity: "shelf", fields: ["codes.label"], filters: { codes: "k1" } })).data).toEqual([
    { no: 5, codes: [{ code: "k1", label: "K" }] },
  ]);
});

test("a table whose key has another type is told of, and changed where that is wanted", async () => {
  const tables = shop.links.filter((one): one is TableLinkSpec => one.kind === "table");
  await connection.query("alter table customer_customer_store_shelf alter column shelf_no type varchar(255)");
  const action = async () => (await planLinkSync(connection, tables)).find(({ table }) => table === "customer_customer_store_shelf");
  expect(await action()).toMatchObject({ action: "notify", notes: ["change the type of shelf_no from character varying(255) to integer"] });
  await syncLinks(connection, shop.links, { mode: "all" });
  expect(await action()).toMatchObject({ action: "noop" });
});

test("what is neither text nor number is refused as a key", () => {
  expect(() => linksOf([[linkable.product.product, { linkable: store.odd, primaryKey: "at" }]], shop.modules)).toThrow(
    'src/links/test.ts: a link refers to "Odd" by "at", which is of kind dateTime and no key.',
  );
});
