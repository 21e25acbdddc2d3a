import { model, specOf } from "@velella/data";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildLinkable } from "../modules/linkable";
import type { ComputedJoin, GraphModule } from "./graph";
import { datePlaces, withDates } from "./kept-dates";
import type { GraphConfig } from "./query";
import { memoryCaching, openModels } from "./testing/own-models";
import type { OwnModels } from "./testing/own-models";
import { openShop } from "./testing/shop";

const voyage = {
  title: model.text(),
  kind: model.enum(["trade", "leisure"]),
  crew: model.number(),
  speed: model.float(),
  fare: model.bigNumber(),
  public: model.boolean(),
  sailed_at: model.dateTime(),
  landed_at: model.dateTime().nullable(),
  log: model.json().nullable(),
  ports: model.array(),
  number: model.autoincrement(),
};
const Ship = model.define("Ship", {
  id: model.id({ prefix: "ship" }).primaryKey(),
  ...voyage,
  legs: model.hasMany(() => Leg, { mappedBy: "ship" }),
  flag: model.hasOne(() => Flag, { mappedBy: "ship" }).nullable(),
});
const Leg = model.define("Leg", {
  id: model.id({ prefix: "leg" }).primaryKey(),
  ...voyage,
  ship: model.belongsTo(() => Ship, { mappedBy: "legs" }),
});
const Flag = model.define("Flag", {
  id: model.id({ prefix: "flag" }).primaryKey(),
  ...voyage,
  ship: model.belongsTo(() => Ship, { mappedBy: "flag" }),
});
const Harbour = model.define("Harbour", { id: model.id({ prefix: "har" }).primaryKey(), ship_id: model.text() });
const models = { Ship, Leg, Flag };

const next: ComputedJoin = {
  entity: "Leg",
  field: "next",
  requires: ["id"],
  load: (rows) => rows.map(({ id }) => ({ leg: id, at: new Date(5), all: [new Date(6), null], as_text: "1970-01-01T00:00:00.007Z" })),
};

/** Reads through its service, which gives dates as well. */
class HarbourService {
  async listHarbours(): Promise<object[]> {
    return [{ id: "har_1", ship_id: "ship_1", since: new Date(8), boats: [{ built: new Date(9) }] }];
  }
}

let fleet: OwnModels<typeof models>;
let query: ReturnType<typeof openShop>["query"];

beforeAll(async () => {
  fleet = await openModels(models);
  const { connection, service, module } = fleet;
  const values = {
    title: "2026-01-01T00:00:00.000Z",
    kind: "trade" as const,
    crew: 3,
    speed: 4.5,
    fare: "12345678901234567890.5",
    public: true,
    sailed_at: new Date("2026-02-03T04:05:06.789Z"),
    log: { noted_at: "2026-01-01T00:00:00.000Z", nested: [{ created_at: "2026-01-01T00:00:00.000Z" }] },
    ports: ["2026-01-01T00:00:00.000Z", "Kiel"],
  };
  await service.createShips([
    {
      id: "ship_1",
      ...values,
      legs: [
        { id: "leg_1", ...values },
        { id: "leg_2", ...values, landed_at: new Date(1), log: null },
      ],
      flag: { id: "flag_1", ...values },
    },
    { id: "ship_2", ...values, landed_at: new Date("-000043-03-15T12:00:00.000Z") },
  ]);
  const harbour = new HarbourService();
  const modules: GraphModule[] = [
    { ...module, joins: [next] },
    { key: "harbours", models: [specOf(Harbour)], service: () => harbour, connection: undefined },
  ];
  const linkable = { ship: buildLinkable("fleet", models).ship, harbour: buildLinkable("harbours", { Harbour }).harbour };
  const links = [
    [{ linkable: linkable.ship, field: "id" }, { linkable: linkable.harbour, primaryKey: "ship_id" }, { readOnly: true }],
  ] as const;
  const { container } = memoryCaching();
  ({ query } = openShop(connection, { modules, links: links as never, container, warn: false }));
});

afterAll(() => fleet?.close());

describe("an answer out of the cache has the types of one that was read", () => {
  test.each<GraphConfig>([
    { entity: "ship", fields: ["*"] },
    { entity: "ship", fields: ["id", "sailed_at", "landed_at"], pagination: { take: 1 } },
    { entity: "ship", fields: ["*", "legs.*", "flag.*"], filters: { id: "ship_1" } },
    { entity: "leg", fields: ["*", "ship.*", "ship.flag.sailed_at"] },
    { entity: "leg", fields: ["id", "next.*"] },
    { entity: "ship", fields: ["id", "legs.next.at", "harbour.*"] },
    { entity: "harbour", fields: ["*"] },
    { entity: "ship", fields: ["id"], filters: { id: "none" } },
  ])("%j", async (config) => {
    const read = await query.graph(config);
    for (let i = 0; i < 3; i++) expect(await query.graph(config, { cache: { enable: true } })).toStrictEqual(read);
  });

  test("and dates in all of these", async () => {
    const { data } = await query.graph({ entity: "ship", fields: ["sailed_at", "legs.next.at", "harbour.*"], filters: { id: "ship_1" } });
    expect(data).toMatchObject([
      { sailed_at: expect.any(Date), legs: [{ next: { at: expect.any(Date) } }, {}], harbour: { since: expect.any(Date) } },
    ]);
  });
});

test("only what is a date becomes one", () => {
  const at = new Date(0);
  const rows = [
    { a: at, b: "text", c: [{ at }, { at: null }] },
    { a: null, c: [] },
    { a: "soon" },
    { a: [at, { at }] },
    { a: { at } },
    { a: new Date(Number.NaN) },
  ];
  const places = datePlaces(rows);
  expect(places).toEqual({ in: { a: { date: true, in: { at: { date: true } } }, c: { in: { at: { date: true } } } } });
  const kept = JSON.parse(JSON.stringify(rows)) as unknown;
  expect(withDates(kept, places!)).toStrictEqual([...rows.slice(0, -1), { a: null }]);
  const odd = { constructor: at, valueOf: { toString: at } };
  const oddAgain = withDates(JSON.parse(JSON.stringify(odd)), datePlaces(odd)!) as typeof odd;
  expect([oddAgain.constructor, oddAgain.valueOf.toString]).toStrictEqual([at, at]);
  expect(datePlaces([{ id: "1", at: "1970-01-01T00:00:00.000Z" }, null])).toBeUndefined();
});
