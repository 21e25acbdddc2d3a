import { BigNumber } from "@velella/kernel";
import Decimal from "bignumber.js";
import * as fc from "fast-check";
import type { SqlExecutor } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTablesSql } from "../ddl/create-tables";
import { model } from "../model/model";
import { specOf } from "../model/spec-of";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Genre, Label, Ticket } from "../testing/studio/models";
import { createRows } from "./create";
import { deleteRows } from "./delete";
import type { WriteScope } from "./scope";
import { updateRows } from "./update";

const Team = model.define("team", {
  id: model.id({ prefix: "team" }).primaryKey(),
  name: model.text(),
  tags: model.json().default({ level: 1 }),
  size: model.number().default(() => 11),
  rating: model.number().computed(),
  members: model.manyToMany(() => Person, { mappedBy: "teams", pivotEntity: () => Membership }),
});
const Person = model.define("person", {
  id: model.id({ prefix: "per" }).primaryKey(),
  name: model.text(),
  teams: model.manyToMany(() => Team, { mappedBy: "members" }),
});
const Membership = model.define("membership", {
  id: model.id({ prefix: "mem" }).primaryKey(),
  role: model.text().default("player"),
  team: model.belongsTo(() => Team),
  person: model.belongsTo(() => Person),
});
const Counter = model.define("counter", { id: model.autoincrement().primaryKey(), name: model.text() });

let studio: StudioDatabase;
let statements = 0;
let scope: WriteScope;

beforeAll(async () => {
  studio = await createStudioDatabase();
  await studio.connection.query(createTablesSql([Team, Person, Membership, Counter].map(specOf)).join(";\n"));
  const counted = (executor: SqlExecutor): SqlExecutor => ({ query: (...args) => (statements++, executor.query(...args)) });
  scope = {
    write: (single, work) => (single ? work(counted(studio.connection)) : studio.connection.transaction((tx) => work(counted(tx)))),
  };
});
afterAll(() => studio.drop());

const count = async (table: string) =>
  Number((await studio.connection.query<{ n: number }>(`select count(*) as n from "${table}"`)).rows[0]?.n);

test("any number of rows takes one statement per table, whatever the limit of parameters", async () => {
  statements = 0;
  const rows = await createRows(
    scope,
    specOf(Genre),
    Array.from({ length: 1000 }, (_, index) => ({ code: `g${index}`, name: `Genre ${index}` })),
  );
  expect(statements).toBe(1);
  expect(rows.map((row) => row.code)).toEqual(Array.from({ length: 1000 }, (_, index) => `g${index}`));
  statements = 0;
  // 30,000 rows of three values are beyond the 65,535 parameters of one statement.
  await createRows(
    scope,
    specOf(Genre),
    Array.from({ length: 30_000 }, (_, index) => ({ code: `many${index}`, name: "x" })),
  );
  expect(statements).toBe(3);
  expect(await count("genre")).toBe(31_000);
  statements = 0;
  await updateRows(
    scope,
    specOf(Genre),
    Array.from({ length: 30_000 }, (_, index) => ({ code: `many${index}`, name: `y${index}` })),
  );
  expect(statements).toBe(1);
  await deleteRows(
    scope,
    specOf(Genre),
    Array.from({ length: 70_000 }, (_, index) => `many${index}`),
  );
  expect(await count("genre")).toBe(1000);
});

test("nested rows take one statement per table and level", async () => {
  statements = 0;
  const label = { name: "shared" };
  const [created] = await createRows(scope, specOf(Artist), [
    {
      name: "N",
      handle: "n",
      albums: [
        { title: "1", year: 1, labels: [label, { name: "own" }] },
        { title: "2", year: 2, labels: [label] },
      ],
      profile: { website: "w" },
    },
    { name: "M", handle: "m", albums: [{ title: "1", year: 1 }] },
  ]);
  // Artists, albums, profiles, labels, and the pairs.
  expect(statements).toBe(5);
  const albums = created?.albums as { labels: { id: string }[] }[];
  expect(albums[0]?.labels[0]?.id).toBe(albums[1]?.labels[0]?.id);
  expect(await count("label")).toBe(2);
  expect(await count("album_label")).toBe(3);
});

test("a failure anywhere in nested data leaves nothing", async () => {
  const before = await count("artist");
  const data = {
    name: "Q",
    handle: "q",
    albums: [
      { title: "1", year: 1 },
      { title: "1", year: 1 },
    ],
  };
  await expect(createRows(scope, specOf(Artist), [data])).rejects.toThrow(/^Album with artist_id: art_\w+, title: 1, already exists\.$/);
  await expect(createRows(scope, specOf(Artist), [{ name: "Q", handle: "q", albums: [{ title: "1" }] }])).rejects.toThrow(
    "Value for Album.year is required, 'undefined' found",
  );
  expect(await count("artist")).toBe(before);
});

test("data that contains itself, or is no data, is a clear error", async () => {
  const artist: Record<string, unknown> = { name: "C", handle: "c" };
  artist.albums = [{ title: "x", year: 1, artist }];
  // The parent is known already; what stands there is not looked at.
  expect((await createRows(scope, specOf(Artist), [artist]))[0]).toMatchObject({ name: "C" });
  const label: Record<string, unknown> = { name: "L" };
  label.albums = [{ title: "x", year: 1, artist_id: "a", labels: [label] }];
  await expect(createRows(scope, specOf(Label), [label])).rejects.toThrow("The data of a Label contains itself at albums.labels.");
  await expect(createRows(scope, specOf(Label), [null])).rejects.toThrow("The data of a Label must be an object, but null came.");
  await expect(createRows(scope, specOf(Artist), [{ name: "x", handle: "x", albums: "one" }])).rejects.toThrow(
    "Artist.albums must be a list, but 'one' came.",
  );
});

test.each<[string, object, string]>([
  ["NUL", { name: "a\0" }, "Artist.name must be text without NUL characters"],
  ["a lone surrogate", { name: "\udc00" }, "Artist.name must be well-formed Unicode text"],
  ["NUL in json", { data: { a: ["\0"] } }, "Artist.data must be text without NUL characters"],
  ["a lone surrogate as a key of json", { data: { "\ud800": 1 } }, "Artist.data must be well-formed Unicode text"],
  ["a fraction for a whole number", { rank: 1.5 }, "Artist.rank must be a whole number, but 1.5 came."],
  ["a number beyond 32 bits", { rank: 2 ** 31 }, "Artist.rank must be a whole number of 32 bits, but 2147483648 came."],
  ["an object for text", { name: {} }, "Artist.name must be text, but {} came."],
  ["a text for a list", { nicknames: "x" }, "Artist.nicknames must be a list of texts, but 'x' came."],
  ["no date", { born_at: new Date(Number.NaN) }, "Artist.born_at must be a date, but the date Invalid Date came."],
  ["no number", { worth: "ten" }, "Artist.worth must be a number, a decimal string or {value}, but 'ten' came."],
  [
    "an endless number",
    { worth: Number.POSITIVE_INFINITY },
    "Artist.worth must be a number, a decimal string or {value}, but Infinity came.",
  ],
  ["a number beyond numeric", { worth: "1e200000" }, "Artist.worth must be within the limits of numeric"],
  ["a BigInt in json", { data: { a: 1n } }, "Artist.data must be a JSON value"],
  ["null for a default", { rank: null }, "Cannot set field 'rank' of Artist to null"],
  ["null for a required value", { name: null }, "Value for Artist.name is required, 'null' found"],
])("%s is a clear error on create", async (_name, data, message) => {
  await expect(createRows(scope, specOf(Artist), [{ name: "Bad", handle: "bad", ...data }])).rejects.toThrow(message);
});

test("json keeps what it is given; what looks like an escape stays text", async () => {
  const data = { text: "\\u0000 \\ud800 'quoted' \"twice\"", list: [1, null, { a: [] }], emoji: "🎷", at: new Date(0), none: undefined };
  const [row] = await createRows(scope, specOf(Artist), [{ name: "J", handle: "j", data, nicknames: ['{"a",b}', "NULL", "", "\\"] }]);
  expect(row?.data).toEqual({ text: data.text, list: [1, null, { a: [] }], emoji: "🎷", at: "1970-01-01T00:00:00.000Z" });
  expect(row?.nicknames).toEqual(['{"a",b}', "NULL", "", "\\"]);
});

test("dates of every size come back as they were", async () => {
  for (const iso of [
    "0001-01-01T00:00:00.000Z",
    "-000043-03-15T12:00:00.000Z",
    "+012345-06-07T08:09:10.011Z",
    "1969-12-31T23:59:59.999Z",
  ]) {
    const [row] = await createRows(scope, specOf(Artist), [{ name: "D", handle: iso, born_at: new Date(iso) }]);
    expect(row?.born_at).toEqual(new Date(iso));
  }
});

test("big numbers are exact in both directions", async () => {
  const digits = fc.tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 60n }), fc.nat(40)).map(([negative, whole, places]) => {
    const text = new Decimal(whole.toString()).shiftedBy(-places).toFixed();
    return negative && text !== "0" ? `-${text}` : text;
  });
  const limits = ["9".repeat(131_072), `0.${"0".repeat(16_382)}1`];
  let last = 0;
  const roundTrip = async (text: string) => {
    const [row] = await createRows(scope, specOf(Artist), [{ name: "W", handle: `w${++last}`, worth: text }]);
    const { rows } = await studio.connection.query<{ worth: string; raw: { value: string } }>(
      "select worth::text, raw_worth as raw from artist where id = $1",
      [row?.id],
    );
    expect(new Decimal(rows[0]?.worth as string).eq(text)).toBe(true);
    expect(new Decimal(rows[0]?.raw.value as string).eq(text)).toBe(true);
    expect(row?.worth).toBe(Number(text));
    expect(new BigNumber(row?.raw_worth as { value: string }).bigNumber?.eq(text)).toBe(true);
  };
  for (const text of limits) await roundTrip(text);
  await fc.assert(fc.asyncProperty(digits, roundTrip), { numRuns: 60 });
});

test("numbers, decimals and {value} are all taken for a big number", async () => {
  const given = [12.5, "12.50", new BigNumber("12.5"), new Decimal("12.5"), { value: "12.5", precision: 20 }];
  const rows = await createRows(
    scope,
    specOf(Album),
    given.map((price, index) => ({ title: `p${index}`, year: 1, price, artist: { name: "P", handle: `p${index}` } })),
  );
  expect(rows.map((row) => row.price)).toEqual([12.5, 12.5, 12.5, 12.5, 12.5]);
  const [updated] = await updateRows(scope, specOf(Album), [{ id: rows[0]?.id, price: "0.1" }]);
  expect(updated).toMatchObject({ price: 0.1, raw_price: { value: expect.stringMatching(/^0\.10*$/), precision: 20 } });
  expect((await updateRows(scope, specOf(Album), [{ id: rows[0]?.id, price: null }]))[0]).toMatchObject({ price: null, raw_price: null });
});

test("defaults by value and by function; computed properties are never written", async () => {
  const [team] = await createRows(scope, specOf(Team), [{ name: "T", rating: 5 }]);
  expect(team).toMatchObject({ name: "T", tags: { level: 1 }, size: 11, members: [] });
  expect(team).not.toHaveProperty("rating");
  expect((await updateRows(scope, specOf(Team), [{ id: team?.id, rating: 6, size: 12 }]))[0]).toMatchObject({ size: 12 });
});

test("a pivot that is a model gets ids and defaults, and keeps rows that stay", async () => {
  const [team] = await createRows(scope, specOf(Team), [{ name: "A", members: [{ name: "one" }, { name: "two" }] }]);
  const [one, two] = (team as { members?: { id: string }[] }).members ?? [];
  const memberships = async () =>
    (await studio.connection.query("select id, role, person_id from membership where team_id = $1 order by person_id", [team?.id])).rows;
  const before = await memberships();
  expect(before).toEqual([
    { id: expect.stringMatching(/^mem_/), role: "player", person_id: one?.id },
    { id: expect.stringMatching(/^mem_/), role: "player", person_id: two?.id },
  ]);
  const [three] = await createRows(scope, specOf(Person), [{ name: "three" }]);
  const [updated] = await updateRows(scope, specOf(Team), [{ id: team?.id, members: [two, three?.id] }]);
  expect(updated?.members).toEqual([{ id: two?.id }, { id: three?.id }]);
  expect(await memberships()).toEqual([before[1], { id: expect.stringMatching(/^mem_/), role: "player", person_id: three?.id }]);
});

test("a key that the database makes", async () => {
  const rows = await createRows(scope, specOf(Counter), [{ name: "c" }, { name: "d" }]);
  expect(rows).toMatchObject([
    { id: 1, name: "c" },
    { id: 2, name: "d" },
  ]);
  expect(await updateRows(scope, specOf(Counter), [{ id: 2, name: "e" }])).toMatchObject([{ id: 2, name: "e" }]);
});

test("what only some rows of a create give is filled in for the others, as for each alone", async () => {
  const at = new Date("2001-02-03T04:05:06.789Z");
  statements = 0;
  const genres = await createRows(scope, specOf(Genre), [
    { code: "given", name: "g", created_at: at, updated_at: at },
    { code: "filled", name: "f" },
    { code: "deleted", name: "d", deleted_at: at },
  ]);
  expect(statements).toBe(1);
  expect(genres.map((row) => [row.code, row.created_at, row.deleted_at])).toEqual([
    ["given", at, null],
    ["filled", expect.any(Date), null],
    ["deleted", expect.any(Date), at],
  ]);
  expect(genres[1]?.created_at).not.toEqual(at);
  expect(genres[0]?.updated_at).toEqual(at);
  const tickets = await createRows(scope, specOf(Ticket), [{ subject: "1" }, { subject: "2", number: 700 }, { subject: "3" }]);
  const [first] = tickets;
  expect(tickets.map((row) => row.number)).toEqual([first?.number, 700, (first?.number as number) + 1]);
});

test("update: a new parent, an adopted child, a hasOne changed, replaced and let go", async () => {
  const [a, b] = await createRows(scope, specOf(Artist), [
    { name: "A", handle: "up-a", albums: [{ title: "move", year: 1 }], profile: { website: "a" } },
    { name: "B", handle: "up-b" },
  ]);
  const [album] = (a as { albums?: { id: string }[] }).albums ?? [];
  expect((await updateRows(scope, specOf(Artist), [{ id: b?.id, albums: [album?.id] }]))[0]?.albums).toEqual([{ id: album?.id }]);
  const owner = async () => (await studio.connection.query("select artist_id from album where id = $1", [album?.id])).rows[0];
  expect(await owner()).toEqual({ artist_id: b?.id });
  const [moved] = await updateRows(scope, specOf(Album), [{ id: album?.id, artist: { name: "New", handle: "up-new" }, title: "moved" }]);
  expect(moved).toMatchObject({ title: "moved", artist: { id: moved?.artist_id } });
  expect([a?.id, b?.id]).not.toContain(moved?.artist_id);
  await expect(updateRows(scope, specOf(Artist), [{ id: b?.id, albums: ["alb_none"] }])).rejects.toThrow(
    'Album with id "alb_none" not found',
  );
  const [changed] = await updateRows(scope, specOf(Artist), [{ id: a?.id, profile: { website: "b" } }]);
  expect(changed?.profile).toMatchObject({ ...(a?.profile as object), updated_at: expect.any(Date), website: "b" });
  await expect(updateRows(scope, specOf(Artist), [{ id: a?.id, profile: null }])).rejects.toThrow(
    "Cannot set field 'artist_id' of Profile to null",
  );
  expect((await updateRows(scope, specOf(Artist), [{ id: b?.id, profile: null }]))[0]).toMatchObject({ profile: null });
});

test("changes of one row are merged, in order; updated_at moves, whatever was given", async () => {
  const [row] = await createRows(scope, specOf(Genre), [{ code: "merge", name: "0" }]);
  const rows = await updateRows(scope, specOf(Genre), [
    { code: "merge", name: "1", updated_at: new Date(0) },
    { code: "g1", name: "other" },
    { code: "merge", name: "2" },
  ]);
  expect(rows.map((one) => one.name)).toEqual(["2", "other", "2"]);
  expect((rows[0]?.updated_at as Date) >= (row?.updated_at as Date)).toBe(true);
  await expect(updateRows(scope, specOf(Genre), [{ name: "x" }])).rejects.toMatchObject({ reason: "data.key_missing" });
});
