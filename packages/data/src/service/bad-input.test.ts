import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordStatements } from "../testing/record-statements";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Genre, Label, Profile, Ticket } from "../testing/studio/models";
import { createRepository } from "./repository";
import { ModuleService } from "./module-service";

/** What callers get wrong, and what attackers try, through the methods that a module has. */

const Studio = ModuleService({ Artist, Album, Label, Profile, Ticket, Genre });
// Everything here is wrong on purpose, and so has no type that fits.
type Loose = Record<string, (...args: unknown[]) => Promise<unknown>>;

let studio: StudioDatabase;
let service: Loose;
const statements: string[] = [];

beforeAll(async () => {
  studio = await createStudioDatabase();
  service = new Studio({
    baseRepository: createRepository(recordStatements(studio.connection, (text) => statements.push(text))),
  }) as unknown as Loose;
  await service.createArtists?.([
    { id: "a", name: "Ann", handle: "ann", albums: [{ id: "l", title: "One", year: 1 }] },
    { id: "b", name: "Bob", handle: "bob" },
  ]);
});
afterAll(() => studio.drop());

const call = (method: string, ...args: unknown[]) => (service[method] as (...args: unknown[]) => Promise<unknown>)(...args);

describe("mistakes are told by name", () => {
  test.each<[string, string, unknown[], object]>([
    ["an id that is null", "retrieveArtist", [null], { type: "not_found", message: "artist - id must be defined" }],
    ["no id", "retrieveArtist", [], { type: "not_found", message: "artist - id must be defined" }],
    ["an update without id", "updateArtists", [{ name: "x" }], { message: "artist - id must be defined" }],
    ["an update whose id is null", "updateArtists", [[{ id: null, name: "x" }]], { message: "artist - id must be defined" }],
    ["a delete of null", "deleteArtists", [null], { reason: "data.key_missing" }],
    ["a delete of a list with null", "deleteArtists", [["a", null]], { reason: "data.key_missing" }],
    ["a soft delete of undefined", "softDeleteArtists", [undefined], { reason: "data.key_missing" }],
    [
      "a create with an id that is null",
      "createArtists",
      [{ id: null, name: "x", handle: "x" }],
      { message: "Value for Artist.id is required, 'null' found" },
    ],
    [
      "an unknown order",
      "listArtists",
      [{}, { order: { nope: "ASC" } }],
      { message: "Trying to order by not existing property Artist.nope" },
    ],
    [
      "an unknown order below a relation",
      "listArtists",
      [{}, { order: { albums: { nope: "ASC" } } }],
      { message: "Trying to order by not existing property Album.nope" },
    ],
    ["an order by a relation alone", "listArtists", [{}, { order: { albums: "ASC" } }], { reason: "data.bad_direction" }],
    ["no direction", "listArtists", [{}, { order: { name: "UPWARDS" } }], { reason: "data.bad_direction" }],
    ["a direction with SQL in it", "listArtists", [{}, { order: { name: "asc; drop table artist" } }], { reason: "data.bad_direction" }],
    [
      "an unknown relation",
      "listArtists",
      [{}, { relations: ["songs"] }],
      { message: 'Artist has no relation "songs". Relations: albums, profile.' },
    ],
    ["a negative page", "listArtists", [{}, { take: -1 }], { reason: "data.bad_page" }],
    ["half a page", "listArtists", [{}, { skip: 1.5 }], { reason: "data.bad_page" }],
    [
      "an unknown operator in a selector",
      "updateArtists",
      [{ selector: { rank: { $near: 1 } }, data: { rank: 1 } }],
      { reason: "data.unknown_operator" },
    ],
    [
      "a value outside of an enum",
      "createArtists",
      [{ name: "x", handle: "x", status: "dead" }],
      { message: "Value for Artist.status must be one of draft, live, gone, 'dead' found" },
    ],
    [
      "a foreign key of nobody",
      "createAlbums",
      [{ title: "x", year: 1, artist_id: "nobody" }],
      { message: "You tried to set relationship artist_id: nobody, but such entity does not exist" },
    ],
    [
      "a value that is too long for its index",
      "createArtists",
      [{ name: "x", handle: "x".repeat(100_000).replace(/x/g, () => Math.random().toString(36)[3] ?? "x") }],
      { reason: "data.wrong_value" },
    ],
    [
      "fields as a text",
      "listArtists",
      [{}, { select: "name" }],
      { reason: "data.bad_config", message: `"select" of a read of Artist must be a list of names such as ["id"], but 'name' came.` },
    ],
    ["relations as a text", "retrieveArtist", ["a", { relations: "albums" }], { reason: "data.bad_config" }],
    ["a relation that is no name", "listArtists", [{}, { relations: [{ albums: true }] }], { reason: "data.bad_config" }],
    [
      "an order as a text",
      "listArtists",
      [{}, { order: "name" }],
      { reason: "data.bad_config", message: `"order" of a read of Artist must be an object such as { id: "ASC" }, but 'name' came.` },
    ],
    ["an order as a list", "listArtists", [{}, { order: [{ name: "ASC" }] }], { reason: "data.bad_config" }],
    ["further filters as a list", "listArtists", [{}, { filters: ["a"] }], { reason: "data.bad_config" }],
    ["a config that is none", "listAndCountArtists", [{}, "name"], { reason: "data.bad_config" }],
    [
      "linkable keys as a text",
      "softDeleteArtists",
      ["a", { returnLinkableKeys: "artist_id" }],
      { reason: "data.bad_data", message: `"returnLinkableKeys" of Artist must be a list such as ["artist_id"], but 'artist_id' came.` },
    ],
    ["a config of a retrieve that is none", "retrieveArtist", ["a", "name"], { reason: "data.bad_config" }],
    ["a page that is no number", "listArtists", [{}, { skip: Number.NaN }], { reason: "data.bad_page" }],
    ["a count of rows that is no number", "listArtists", [{}, { take: Number.NaN }], { reason: "data.bad_page" }],
  ])("%s", async (_name, method, args, error) => {
    await expect(call(method, ...args)).rejects.toMatchObject(error);
  });

  test("data nested too deep, in rows or in json", async () => {
    let ticket: Record<string, unknown> = { subject: "leaf" };
    let json: unknown = 1;
    for (let level = 0; level < 20_000; level++) [ticket, json] = [{ subject: "s", children: [ticket] }, [json]];
    await expect(call("createTickets", ticket)).rejects.toMatchObject({ reason: "data.data_too_deep" });
    await expect(call("createArtists", { name: "x", handle: "x", data: json })).rejects.toMatchObject({ type: "invalid_data" });
    await expect(call("updateArtists", { id: "a", data: json })).rejects.toMatchObject({ type: "invalid_data" });
    expect(await call("listTickets")).toEqual([]);
  });

  test("filters, orders, fields and relations nested too deep, or in a circle", async () => {
    const nested = (wrap: (inner: unknown) => unknown) => {
      let value: unknown = { name: "x" };
      for (let level = 0; level < 20_000; level++) value = wrap(value);
      return value;
    };
    const circle: Record<string, unknown> = {};
    circle.$and = [circle];
    const orders: Record<string, unknown> = {};
    orders.albums = { artist: orders };
    const tooDeep = { type: "invalid_data", reason: "data.filter_too_deep" };
    const filters = [
      nested(($not) => ({ $not })),
      nested((inner) => ({ $or: [inner] })),
      nested((artist) => ({ albums: { artist } })),
      { name: nested(($not) => ({ $not })) },
      { data: nested((inner) => ({ inner })) },
      circle,
    ];
    for (const filter of filters) {
      await expect(call("listArtists", filter)).rejects.toMatchObject(tooDeep);
      await expect(call("deleteArtists", filter)).rejects.toMatchObject(tooDeep);
      await expect(call("updateArtists", { selector: filter, data: { rank: 1 } })).rejects.toMatchObject(tooDeep);
    }
    for (const order of [orders, nested((artist) => ({ albums: { artist } })), { [`${"albums.artist.".repeat(20_000)}name`]: "ASC" }])
      await expect(call("listArtists", {}, { order })).rejects.toMatchObject(tooDeep);
    const path = `${"albums.artist.".repeat(20_000)}albums`;
    for (const config of [{ select: [path] }, { relations: [path] }])
      await expect(call("listArtists", {}, config)).rejects.toMatchObject({ type: "invalid_data", reason: "data.path_too_long" });
  });

  test("filters and lists beyond 65,535 values are as good as short ones", async () => {
    const ids = ["a", ...Array.from({ length: 70_000 }, (_, i) => `none${i}`)];
    expect(await call("listArtists", { id: ids })).toHaveLength(1);
    expect(await call("listArtists", { id: { $nin: ids } })).toHaveLength(1);
    expect(await call("listArtists", { albums: { id: [...ids, "l"] } })).toHaveLength(1);
    expect(await call("listArtists", { $or: ids.slice(0, 1000).map((id) => ({ id })) })).toHaveLength(1);
    expect(await call("softDeleteGenres", ids)).toEqual({});
  });

  test("more conditions than a statement can carry are an error of the input", async () => {
    const conditions = Array.from({ length: 70_000 }, (_, i) => ({ name: `n${i}` }));
    await expect(call("listArtists", { $or: conditions })).rejects.toMatchObject({ reason: "data.filter_too_large" });
    await expect(studio.connection.query("select 1", conditions)).rejects.toMatchObject({ reason: "connection.too_many_parameters" });
  });
});

describe("nothing that a caller writes becomes SQL", () => {
  const mark = "zq9";
  const hostile = fc
    .tuple(
      fc.constantFrom(
        "'",
        '"',
        "\\'",
        "$1",
        "$$",
        "--",
        "/*",
        ";",
        "`",
        "?",
        "\\",
        "%",
        "::text",
        ")",
        "{",
        "\u2019",
        "\n",
        "E'",
        '"."',
        "]",
        "'||'",
      ),
      fc.constantFrom("; drop table artist; --", " or 1=1", " union select version()", "); delete from artist; --", " /* ", "' or ''='"),
      fc.string({ unit: "binary", maxLength: 4 }),
    )
    .map(([quote, attack, rest]) => `${quote}${mark}${attack}${quote}${rest}`);
  const key = fc.oneof(
    hostile,
    fc.constantFrom(
      "name",
      "id",
      "albums",
      "data",
      "nicknames",
      "rank",
      "$or",
      "$and",
      "$not",
      "$in",
      "$like",
      "$re",
      "$fulltext",
      "$contains",
      "q",
      ...["constructor", "toString", "valueOf", "hasOwnProperty", "__proto__"],
    ),
  );
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    any: fc.oneof({ depthSize: "small" }, hostile, tie("list"), tie("object")),
    list: fc.array(tie("any"), { maxLength: 3 }),
    object: fc.dictionary(key, tie("any"), { maxKeys: 3 }),
  })).any;
  const object = fc.dictionary(key, value, { maxKeys: 4 });
  const row = fc.record({
    id: hostile,
    name: hostile,
    handle: hostile,
    bio: value,
    nicknames: fc.array(hostile),
    data: value,
    status: hostile,
    albums: value,
    profile: object,
  });

  const allowed = /^(Trying to (query|order) by not existing property|Value for )/;

  async function attempt(method: string, ...args: unknown[]): Promise<void> {
    statements.length = 0;
    const error = (await call(method, ...args).then(
      () => undefined,
      (failure: unknown) => failure,
    )) as { type?: string; message: string } | undefined;
    const text = statements.join("\n");
    expect(text).not.toContain(mark);
    expect(text).not.toMatch(/drop table|union select|1=1/);
    // A syntax error would be a text of ours that a caller could bend.
    if (error && !allowed.test(error.message))
      expect(error, JSON.stringify(args)).toMatchObject({ type: expect.stringMatching(/^(invalid_data|not_found|not_allowed)$/) });
  }

  test("in data, filters, selectors, ids, fields, relations and orders", async () => {
    await fc.assert(
      fc.asyncProperty(hostile, value, object, row, async (text, anything, filters, data) => {
        await attempt("createArtists", [data]);
        await attempt("createArtists", {
          ...data,
          [text]: text,
          bio: text,
          data: { [text]: text },
          status: "draft",
          albums: [],
          profile: undefined,
        });
        await attempt("updateArtists", { ...data, id: "a" });
        await attempt("updateArtists", { selector: filters, data: { bio: text } });
        await attempt("listArtists", filters, { select: [text, `albums.${text}`, "name"], take: 2 });
        await attempt("listAndCountArtists", { name: anything, q: text }, { relations: [text], order: { [text]: "ASC" } });
        await attempt("listArtists", {}, { order: { name: text, albums: { title: text } } });
        await attempt("listArtists", {}, { take: text, skip: text });
        await attempt("retrieveArtist", text, { select: [text] });
        await attempt("deleteArtists", [text]);
        await attempt("softDeleteArtists", { name: text }, { returnLinkableKeys: [text] });
        await attempt("restoreArtists", text);
        await attempt("deleteAlbums", filters);
      }),
      { numRuns: 60 },
    );
    const { rows } = await studio.connection.query("select id from artist where id in ('a', 'b') order by id");
    expect(rows).toEqual([{ id: "a" }, { id: "b" }]);
  });

  test("what was stored comes back letter by letter", async () => {
    await fc.assert(
      fc.asyncProperty(
        hostile.filter((text) => !text.includes("\0")),
        async (text) => {
          const [made] = (await call("createArtists", [
            { name: text, handle: `${text}${Math.random()}`, nicknames: [text], data: { [text]: [text] } },
          ])) as { id: string }[];
          expect(await call("retrieveArtist", made?.id)).toMatchObject({ name: text, nicknames: [text], data: { [text]: [text] } });
          expect(((await call("listArtists", { name: text, nicknames: { $contains: [text] }, id: made?.id })) as unknown[]).length).toBe(1);
        },
      ),
      { numRuns: 50 },
    );
  });
});
