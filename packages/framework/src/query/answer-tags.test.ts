import { model } from "@velella/data";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { GraphConfig } from "./query";
import { memoryCaching, openModels } from "./testing/own-models";
import type { OwnModels } from "./testing/own-models";
import { openShop } from "./testing/shop";

const Person = model.define("Person", {
  id: model.id().primaryKey(),
  name: model.text().searchable(),
  ships: model.hasMany(() => Ship, { mappedBy: "captain" }),
});
const Ship = model.define("Ship", {
  id: model.id().primaryKey(),
  name: model.text().searchable(),
  captain: model.belongsTo(() => Person, { mappedBy: "ships" }).searchable(),
  flag: model.hasOne(() => Pennant, { mappedBy: "ship" }).nullable(),
  crew: model.hasMany(() => Sailor, { mappedBy: "ship" }),
});
const Pennant = model.define("Pennant", {
  id: model.id().primaryKey(),
  colour: model.text(),
  ship: model.belongsTo(() => Ship, { mappedBy: "flag" }),
});
const Sailor = model.define("Sailor", {
  id: model.id().primaryKey(),
  name: model.text(),
  ship: model.belongsTo(() => Ship, { mappedBy: "crew" }),
});
const models = { Person, Ship, Pennant, Sailor };
const { caching, container } = memoryCaching(Object.keys(models));

let fleet: OwnModels<typeof models>;
let query: ReturnType<typeof openShop>["query"];

beforeAll(async () => {
  fleet = await openModels(models);
  const { connection, service, module } = fleet;
  await service.createPeople([
    { id: "ann", name: "Ann" },
    { id: "bo", name: "Bo" },
  ]);
  await service.createShips([
    { id: "vela", name: "Vela", captain: "ann", flag: { id: "red", colour: "red" }, crew: [{ id: "cy", name: "Cy" }] },
    { id: "argo", name: "Argo", captain: "bo" },
  ]);
  const forward = { entity: "Ship", field: "colour", path: "flag.colour" };
  ({ query } = openShop(connection, { modules: [{ ...module, joins: [forward] }], container, warn: false }));
});

beforeEach(() => caching.clear({}));

afterAll(() => fleet?.close());

const vela = { id: "vela" };

test.each<[string, Omit<GraphConfig, "entity">, string, string]>([
  ["a record under another name than its own", { fields: ["captain.name"], filters: vela }, "person", "ann"],
  ["a record in a list under another name", { fields: ["crew.name"], filters: vela }, "sailor", "cy"],
  ["a record that is new in such a list", { fields: ["crew.name"] }, "sailor", "new"],
  ["a record that was missing", { fields: ["id", "flag.colour"], filters: { id: "argo" } }, "pennant", "new"],
  ["a record that was missing, of which the key is shown", { fields: ["*"], filters: { id: "argo" } }, "pennant", "new"],
  ["what another name leads through", { fields: ["id", "colour"], filters: vela }, "pennant", "red"],
  ["what is filtered by", { fields: ["id"], filters: { captain: { name: "Ann" } } }, "person", "bo"],
  [
    "what is filtered by, in a group",
    { fields: ["id"], filters: { $or: [{ name: "x" }, { $not: { crew: { name: "Cy" } } }] } },
    "sailor",
    "cy",
  ],
  ["what is searched in", { fields: ["id"], filters: { q: "Ann" } }, "person", "bo"],
  ["what is ordered by", { fields: ["id"], pagination: { order: { captain: { name: "ASC" } } } }, "person", "bo"],
])("a cached answer follows changes of %s", async (_what, config, entity, id) => {
  expect(await isForgotten({ entity: "ship", ...config }, entity, id)).toBe(true);
});

test.each<[Omit<GraphConfig, "entity">, string, string]>([
  [{ fields: ["captain.name"], filters: vela }, "person", "bo"],
  [{ fields: ["id"] }, "person", "ann"],
  [{ fields: ["flag.colour"], filters: vela }, "pennant", "blue"],
  [{ fields: ["captain.name"], filters: { name: "Vela" } }, "sailor", "cy"],
])("and outlives those of others: %j, %s %s", async (config, entity, id) => {
  expect(await isForgotten({ entity: "ship", ...config }, entity, id)).toBe(false);
});

/** Whether the cache has forgotten the answer after one record has changed. */
async function isForgotten(config: GraphConfig, entity: string, id: string): Promise<boolean> {
  await query.graph(config, { cache: { enable: true, key: "answer" } });
  expect(await caching.get({ key: "answer" })).not.toBeNull();
  await caching.changed(entity, [id]);
  return (await caching.get({ key: "answer" })) === null;
}
