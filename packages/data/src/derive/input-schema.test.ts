import { expect, test } from "vitest";
import { model } from "../model/model";
import { Album, Artist, Genre, Ticket } from "../testing/studio/models";
import { createSchemaOf, jsonSchemaOf, updateSchemaOf } from "./input-schema";

test("creating needs what has no default and may not be null", () => {
  const schema = createSchemaOf(Artist);
  expect(schema.safeParse({ name: "a", handle: "b" }).success).toBe(true);
  const failed = schema.safeParse({ name: "a", rank: 1.5, status: "unknown" });
  expect(failed.error?.issues.map((issue) => issue.path.join("."))).toEqual(["handle", "rank", "status"]);
});

test("unknown names are dropped, exact numbers and dates may be text", () => {
  const data = { name: "a", handle: "b", worth: "12.50", born_at: "2000-01-01T00:00:00Z", bio: null };
  expect(createSchemaOf(Artist).parse({ ...data, nope: 1 })).toEqual(data);
  expect(createSchemaOf(Artist).safeParse({ ...data, worth: "12,5" }).success).toBe(false);
});

test("related rows are given by key or as new rows, at any depth", () => {
  const schema = createSchemaOf(Artist);
  const albums = [{ title: "x", year: 1, labels: ["lab_1", { id: "lab_2" }, { name: "new" }] }, "alb_1"];
  expect(schema.safeParse({ name: "a", handle: "b", albums }).success).toBe(true);
  expect(schema.safeParse({ name: "a", handle: "b", albums: [{ title: "x" }] }).success).toBe(false);
  expect(createSchemaOf(Album).safeParse({ title: "x", year: 1, artist_id: "art_1" }).success).toBe(true);
  expect(createSchemaOf(Ticket).safeParse({ subject: "x", parent: null, children: [{ subject: "y" }] }).success).toBe(true);
});

test("updating needs the primary key and nothing else", () => {
  expect(updateSchemaOf(Genre).safeParse({ code: "rock" }).success).toBe(true);
  expect(updateSchemaOf(Genre).safeParse({ name: "Rock" }).success).toBe(false);
});

test("the JSON schema says the same in JSON's terms", () => {
  const schema = jsonSchemaOf(Artist, "create") as { properties: Record<string, unknown>; required: string[] };
  expect(schema.required).toEqual(["name", "handle"]);
  expect(schema.properties.status).toMatchObject({ type: "string", enum: ["draft", "live", "gone"] });
  expect(JSON.stringify(schema.properties.born_at)).toContain("date-time");
  expect(JSON.stringify(schema)).not.toContain('"anyOf":[{}');
  expect(jsonSchemaOf(Ticket, "update")).toMatchObject({ required: ["id"] });
});

test("the same fields are taken as in the input types, those of every model among them", () => {
  const dated = { name: "a", handle: "b", created_at: "2000-01-01T00:00:00Z", updated_at: new Date(0), deleted_at: null };
  expect(createSchemaOf(Artist).parse(dated)).toEqual(dated);
  expect(updateSchemaOf(Artist).parse({ id: "art_1", deleted_at: null })).toEqual({ id: "art_1", deleted_at: null });
  expect(createSchemaOf(Artist).safeParse({ ...dated, created_at: null }).success).toBe(false);
  expect(jsonSchemaOf(Artist, "create")).toMatchObject({ required: ["name", "handle"], properties: { created_at: expect.anything() } });
});

test("a row with a key of several columns is given by all of them", () => {
  const Hall = model.define("hall", { id: model.id().primaryKey(), seats: model.hasMany(() => Seat, { mappedBy: "hall" }) });
  const Seat = model.define("seat", {
    row: model.text().primaryKey(),
    number: model.number().primaryKey(),
    colour: model.text(),
    hall: model.belongsTo(() => Hall, { mappedBy: "seats" }),
  });
  const schema = createSchemaOf(Hall);
  const seats = [
    { row: "a", number: 1 },
    { row: "b", number: 2, colour: "red" },
  ];
  expect(schema.parse({ seats })).toEqual({ seats });
  expect(schema.safeParse({ seats: [{ row: "a" }] }).success).toBe(false);
  expect(schema.safeParse({ seats: ["a"] }).success).toBe(false);
  expect(updateSchemaOf(Seat).safeParse({ row: "a", colour: "red" }).success).toBe(false);
});
