import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { specOf } from "../model/spec-of";
import { model } from "../model/model";
import type { Filters } from "../plan/read-plan";
import { prepareRead, read } from "../read/read";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Genre, Label, Ticket } from "../testing/studio/models";

let studio: StudioDatabase;
const idsOnly = { scalars: new Set(["id"]), relations: new Map() };

beforeAll(async () => {
  studio = await createStudioDatabase();
  await studio.connection.query(`
    insert into artist (id, name, handle, bio, rank, rating, worth, is_active, status, nicknames, data, born_at) values
      ('a', 'Ann Lee', 'ann', 'sings 50% loud', 3, 4.5, 10.50, true, 'live', '{a,n}', '{"deep":{"x":[1,2],"n":5},"name":"Zed","on":true}', '1999-01-02T03:04:05Z'),
      ('b', 'Bob_Ray', 'bob', 'plays 500 drums', 0, null, 12345678901234567890.12, false, 'draft', '{}', '{"deep":{"n":10},"name":null}', '2020-01-01T00:00:00Z'),
      ('c', 'Cy', 'cy', null, 9, 1, 0, true, 'gone', null, null, null);
    insert into album (id, title, year, artist_id) values ('l1', 'One', 2001, 'a'), ('l2', 'Two', 2002, 'a'), ('l3', 'Three', 2001, 'b');
    insert into label (id, name) values ('m1', 'M'), ('m2', 'N');
    insert into album_label (album_id, label_id) values ('l1', 'm1'), ('l3', 'm2');
  `);
});
afterAll(() => studio.drop());

const ids = async (filters: Filters) =>
  (await read(studio.connection, { spec: specOf(Artist), fields: idsOnly, filters })).rows.map((row) => row.id).join("");

test.each<[string, Filters, string]>([
  ["a value", { name: "Cy" }, "c"],
  ["null", { bio: null }, "c"],
  ["a list", { id: ["c", "a", "nope"] }, "ac"],
  ["a list with null", { bio: [null, "plays 500 drums"] }, "bc"],
  ["an empty list", { id: [] }, ""],
  ["undefined is left out", { name: undefined, rank: 9 }, "c"],
  ["$eq", { rank: { $eq: 3 } }, "a"],
  ["$eq null", { bio: { $eq: null } }, "c"],
  ["$ne", { name: { $ne: "Cy" } }, "ab"],
  ["$ne null", { bio: { $ne: null } }, "ab"],
  ["$in", { rank: { $in: [0, 9] } }, "bc"],
  ["$nin", { rank: { $nin: [0, 9] } }, "a"],
  ["$nin with null", { bio: { $nin: [null, "x"] } }, "ab"],
  ["$not of an operator", { name: { $not: { $like: "%Lee" } } }, "bc"],
  ["$not of a value", { rank: { $not: 3 } }, "bc"],
  ["$gt and $lte", { rank: { $gt: 0, $lte: 9 } }, "ac"],
  ["$gte and $lt on a fraction", { rank: { $gte: 2.5, $lt: 1e12 } }, "ac"],
  ["numbers as text", { rank: { $gte: "3" }, is_active: "true" }, "ac"],
  ["$like", { name: { $like: "Bob\\_%" } }, "b"],
  ["$ilike", { name: { $ilike: "%LEE" } }, "a"],
  ["$re", { handle: { $re: "^[ac]" } }, "ac"],
  ["$fulltext", { bio: { $fulltext: "drums" } }, "b"],
  ["$overlap", { nicknames: { $overlap: ["n", "z"] } }, "a"],
  ["$contains", { nicknames: { $contains: ["a"] } }, "a"],
  ["$contained", { nicknames: { $contained: ["a", "n", "z"] } }, "ab"],
  ["a whole list", { nicknames: ["a", "n"] }, "a"],
  ["$exists", { bio: { $exists: true } }, "ab"],
  ["$exists false", { bio: { $exists: false } }, "c"],
  ["$and", { $and: [{ is_active: true }, { rank: { $lt: 5 } }] }, "a"],
  ["$or", { $or: [{ rank: 9 }, { name: { $like: "Ann%" } }] }, "ac"],
  ["$or beside a value", { is_active: true, $or: [{ rank: 9 }, { rank: 0 }] }, "c"],
  ["$or with nothing in it", { $or: [] }, "abc"],
  ["$or with an empty alternative", { $or: [{ name: "Cy" }, {}] }, "abc"],
  ["$not", { $not: { $or: [{ rank: 9 }, { rank: 0 }] } }, "a"],
  ["$or of a property", { name: { $or: ["Cy", { $like: "Ann%" }] } }, "ac"],
  ["a big number by text, exactly", { worth: "12345678901234567890.12" }, "b"],
  ["a big number by {value}", { worth: { $gt: 10.4, $lt: 11 } }, "a"],
  ["a date", { born_at: { $lt: new Date("2010-01-01T00:00:00Z") } }, "a"],
  ["a date as text, in another zone", { born_at: "1999-01-02T05:04:05+02:00" }, "a"],
  ["json: a path", { data: { deep: { n: 5 } } }, "a"],
  ["json: a list at a path", { data: { name: ["Zed", "Bob"], on: true } }, "a"],
  ["json: null at a path", { data: { name: null } }, "bc"],
  ["json: numbers compare as numbers", { data: { deep: { n: { $gt: 6 } } } }, "b"],
  ["json: texts do not compare with numbers", { data: { name: { $gt: 6 } } }, ""],
  ["json: $ilike, $exists", { data: { name: { $ilike: "z%" }, on: { $exists: true } } }, "a"],
  ["json: $contains", { data: { $contains: { deep: { x: [2] } } } }, "a"],
  ["json: null", { data: null }, "c"],
  ["q finds text as it stands", { q: "lee" }, "a"],
  ["q in which % and _ mean themselves", { q: "b_r" }, "b"],
  ["q empty", { q: "" }, "abc"],
  ["a to-many relation", { albums: { year: 2001 } }, "ab"],
  ["one related row meets all conditions", { albums: { year: 2001, title: "Two" } }, ""],
  ["different related rows", { $and: [{ albums: { year: 2001 } }, { albums: { title: "Two" } }] }, "a"],
  ["a relation of a relation", { albums: { labels: { name: "M" } } }, "a"],
  ["keys of related rows", { albums: ["l3", "nope"] }, "b"],
  ["one key of a related row", { albums: "l1" }, "a"],
  ["operators on a relation mean its key", { albums: { $in: ["l1", "l3"] } }, "ab"],
  ["no related row", { albums: null }, "c"],
  ["some related row", { albums: { $exists: true } }, "ab"],
  ["a negated relation", { $not: { albums: { year: 2002 } } }, "bc"],
  ["an empty relation filter", { albums: {} }, "abc"],
])("%s", async (_name, filters, expected) => {
  expect(await ids(filters)).toBe(expected);
});

test("foreign keys, relations and text keys", async () => {
  const titles = async (filters: Filters) =>
    (await read(studio.connection, { spec: specOf(Album), fields: { scalars: new Set(["title"]), relations: new Map() }, filters })).rows
      .map((row) => row.title)
      .join();
  expect(await titles({ artist_id: "a" })).toBe("One,Two");
  expect(await titles({ artist: "b" })).toBe("Three");
  expect(await titles({ artist: { albums: { labels: "m1" } } })).toBe("One,Two");
  expect(await titles({ q: "t" })).toBe("Two,Three");
  expect(
    (await read(studio.connection, { spec: specOf(Label), fields: idsOnly, filters: { q: "M", albums: { artist: { q: "bob" } } } })).rows,
  ).toEqual([{ id: "m2" }]);
});

test("q looks into searchable relations too", async () => {
  const Author = model.define("author", {
    id: model.id(),
    name: model.text().searchable(),
    books: model.hasMany(() => Book, { mappedBy: "author" }).searchable(),
  });
  const Book = model.define("book", {
    id: model.id(),
    title: model.text().searchable(),
    author: model.belongsTo(() => Author, { mappedBy: "books" }).searchable(),
  });
  const { read: plan, params } = prepareRead({ spec: specOf(Author), fields: idsOnly, filters: { q: "x" } });
  expect(plan.plan.text).toContain(
    `where t1."deleted_at" is null and (t1."name" ilike $1 or exists (select 1 from "book" t2 where t2."author_id" = t1."id"`,
  );
  expect(plan.plan.text).not.toContain("t3");
  expect(params).toEqual(["%x%"]);
});

test.each<[string, unknown, object]>([
  ["an unknown property", { nope: 1 }, { message: "Trying to query by not existing property Artist.nope" }],
  ["an unknown property of a relation", { albums: { nope: 1 } }, { message: "Trying to query by not existing property Album.nope" }],
  [
    "an unknown operator",
    { rank: { $above: 1 } },
    { message: expect.stringContaining('There is no operator "$above" (in a filter on Artist.rank). Known: $eq') },
  ],
  [
    "an operator that does not fit",
    { rank: { $like: "1%" } },
    { message: "$like cannot be used on Artist.rank, which is of kind number." },
  ],
  ["a comparison of lists", { nicknames: { $gt: ["a"] } }, { reason: "data.wrong_operator" }],
  ["an object for a number", { rank: { value: 1 } }, { message: 'Artist.rank must be a number, but {"value":1} came.' }],
  ["a text for a number", { rank: "many" }, { message: "Artist.rank must be a number, but 'many' came." }],
  ["a number for a date", { born_at: "soon" }, { message: "Artist.born_at must be a date, but 'soon' came." }],
  ["NaN", { rating: Number.NaN }, { reason: "data.wrong_type" }],
  ["a text for a boolean", { is_active: "maybe" }, { message: "Artist.is_active must be true or false, but 'maybe' came." }],
  ["an object for a text", { name: { first: "Ann" } }, { reason: "data.wrong_type" }],
  ["NUL", { name: "a\0b" }, { message: expect.stringContaining("Artist.name must be text without NUL characters") }],
  ["a lone surrogate", { q: "a\ud800" }, { message: expect.stringContaining("well-formed Unicode") }],
  ["NUL inside json", { data: { deep: { x: "\0" } } }, { reason: "data.wrong_type" }],
  ["null to compare with", { rank: { $gt: null } }, { message: "Artist.rank must be a value to compare with, but null came." }],
  ["no list for $and", { name: { $and: "x" } }, { reason: "data.bad_filter" }],
  ["no filter at all", "rank = 1", { message: "The filter on Artist must be an object, but 'rank = 1' came." }],
])("%s is a clear error", async (_name, filters, error) => {
  await expect(ids(filters as Filters)).rejects.toMatchObject(error);
});

test("a filter nested too deep, or containing itself, is refused", async () => {
  let deep: Filters = { rank: 1 };
  for (let level = 0; level < 40; level++) deep = { $and: [deep] };
  await expect(ids(deep)).rejects.toMatchObject({ reason: "data.filter_too_deep" });
  const cyclic: Record<string, unknown> = {};
  cyclic.$not = cyclic;
  await expect(ids(cyclic)).rejects.toMatchObject({ reason: "data.filter_too_deep" });
});

test("a regular expression that PostgreSQL cannot read is an error of the input", async () => {
  await expect(ids({ name: { $re: "(" } })).rejects.toMatchObject({
    type: "invalid_data",
    message: expect.stringMatching(/^The database refused a value for Artist: invalid regular expression/),
  });
});

test("no text of a caller reaches the statement", () => {
  const hostile = `x'; drop table artist; -- "$1`;
  const filters = {
    name: hostile,
    bio: { $in: [hostile], $like: hostile, $re: hostile, $fulltext: hostile },
    data: { [hostile]: hostile, deep: { [hostile]: { $ilike: hostile } } },
    nicknames: { $contains: [hostile] },
    albums: { title: hostile, labels: [hostile] },
    q: hostile,
    $or: [{ handle: hostile }, { id: [hostile] }],
  };
  const {
    read: plan,
    count,
    params,
  } = prepareRead({
    spec: specOf(Artist),
    fields: { scalars: new Set(["id", hostile]), relations: new Map([[hostile, idsOnly]]) },
    filters,
    count: true,
  });
  expect(plan.plan.text).not.toContain("drop");
  expect(count?.().plan).not.toContain("drop");
  for (const page of [{ take: hostile }, { take: "1; drop table artist" }, { skip: hostile }]) {
    expect(() => prepareRead({ spec: specOf(Artist), fields: idsOnly, ...(page as object) })).toThrow("must be a whole number");
  }
  expect(JSON.stringify(params)).toContain("drop table");
});

test.each(["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"])(
  "what every object has is no operator: %s",
  async (name) => {
    // As JSON brings it: written out, "__proto__" would be something else.
    const operators = JSON.parse(`{"$ne": "x", "${name}": "y"}`) as Record<string, unknown>;
    const unknown = { reason: "data.unknown_operator", message: expect.stringContaining(`There is no operator "${name}"`) };
    await expect(ids({ name: operators })).rejects.toMatchObject(unknown);
    await expect(ids({ rank: { ...operators, $ne: 1 } })).rejects.toMatchObject(unknown);
    await expect(ids({ data: { name: operators } })).rejects.toMatchObject(unknown);
    expect(await ids({ data: JSON.parse(`{"${name}": "y"}`) as Record<string, unknown> })).toBe("");
  },
);

test("arbitrary text is compared as it is, wherever it stands", async () => {
  const everything = await ids({});
  const text = fc.string({ unit: "binary", maxLength: 20 }).filter((value) => !value.includes("\0"));
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      expect(await ids({ name: value })).toBe("");
      expect(await ids({ name: { $ne: value }, handle: { $nin: [value] } })).toBe(everything);
      expect(await ids({ data: { [value || "-"]: { k: value } } })).toBe("");
      expect(await ids({ nicknames: { $contains: [`${value}!`] } })).toBe("");
    }),
    { numRuns: 100 },
  );
});

test("filters of one shape share a statement, others do not", () => {
  const text = (filters: Filters, spec = specOf(Artist)) => prepareRead({ spec, fields: idsOnly, filters }).read.plan;
  expect(text({ name: "a", rank: [1, 2] })).toBe(text({ name: "b", rank: [3, 4, 5] }));
  expect(text({ name: "a" })).not.toBe(text({ name: null }));
  expect(text({ rank: 1 })).not.toBe(text({ rank: 1.5 }));
  expect(text({ $or: [{ name: "a" }, { rank: 1 }] }).text).not.toBe(text({ $and: [{ name: "a" }, { rank: 1 }] }).text);
  expect(text({ name: "a" }, specOf(Genre))).not.toBe(text({ name: "a" }, specOf(Label)));
  expect(text({ subject: "a" }, specOf(Ticket)).text).toContain('"studio_ticket"');
});
