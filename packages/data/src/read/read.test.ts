import type { SqlExecutor } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { specOf } from "../model/spec-of";
import type { FieldTree, ReadRequest } from "../plan/read-plan";
import { recordStatements } from "../testing/record-statements";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album, Artist, Label, Ticket } from "../testing/studio/models";
import { prepareRead, read } from "./read";

let studio: StudioDatabase;
const statements: string[] = [];
let counting: SqlExecutor;

beforeAll(async () => {
  studio = await createStudioDatabase();
  counting = recordStatements(studio.connection, (text) => statements.push(text));
  await studio.connection.query(`
    insert into artist (id, name, handle, rank, worth, raw_worth, rating, nicknames, data, born_at) values
      ('a1', 'Ann', 'ann', 3, 12345678901234567890.12, '{"value":"12345678901234567890.12","precision":20}', 4.5, '{a,n}', '{"deep":{"x":[1]}}', '1999-01-02T00:00:00.123Z'),
      ('a2', 'Bob', 'bob', 0, 0, '{"value":"0","precision":20}', null, null, null, null),
      ('a3', 'Cy', 'cy', 9, 0, '{"value":"0","precision":20}', null, null, null, null);
    insert into artist (id, name, handle, deleted_at) values ('a4', 'Gone', 'gone', '2024-01-01T00:00:00Z');
    insert into profile (id, website, artist_id) values ('p1', 'https://ann.test', 'a1');
    insert into album (id, title, year, price, raw_price, artist_id, created_at, deleted_at) values
      ('l1', 'One', 2001, 9.99, '{"value":"9.99","precision":20}', 'a1', '2020-02-03T04:05:06.789Z', null),
      ('l2', 'Two', 2002, null, null, 'a1', now(), null),
      ('l3', 'Lost', 2003, null, null, 'a1', now(), now()),
      ('l4', 'Ba', 1990, null, null, 'a2', now(), null);
    insert into label (id, name) values ('b1', 'L1'), ('b2', 'L2');
    insert into album_label (album_id, label_id) values ('l1', 'b2'), ('l1', 'b1'), ('l2', 'b1'), ('l3', 'b1');
    insert into studio_ticket (id, subject, parent_id) values ('t1', 'first', null), ('t2', 'second', 't1'), ('t3', 'third', 't2');
  `);
});
afterAll(() => studio.drop());

type Shape = { [name: string]: true | Shape };
const tree = (shape: Shape): FieldTree => ({
  scalars: new Set(Object.keys(shape).filter((name) => shape[name] === true)),
  relations: new Map(Object.entries(shape).flatMap(([name, inner]) => (inner === true ? [] : [[name, tree(inner)] as const]))),
});
const artists = (shape: Shape, rest: Partial<ReadRequest> = {}) => read(counting, { spec: specOf(Artist), fields: tree(shape), ...rest });

test("columns come back exactly: decimals, dates, lists, json", async () => {
  const { rows } = await artists(
    { name: true, worth: true, born_at: true, nicknames: true, data: true, rating: true, nope: true },
    { take: 2 },
  );
  expect(rows).toEqual([
    {
      name: "Ann",
      worth: Number("12345678901234567890.12"),
      raw_worth: { value: "12345678901234567890.12", precision: 20 },
      born_at: new Date("1999-01-02T00:00:00.123Z"),
      nicknames: ["a", "n"],
      data: { deep: { x: [1] } },
      rating: 4.5,
    },
    { name: "Bob", worth: 0, raw_worth: { value: "0", precision: 20 }, born_at: null, nicknames: null, data: null, rating: null },
  ]);
});

test("relations of every kind and depth take one statement, without multiplying rows", async () => {
  statements.length = 0;
  const { rows } = await artists(
    { name: true, albums: { title: true, price: true, created_at: true, labels: { name: true } }, profile: { website: true } },
    { take: 3 },
  );
  expect(statements).toHaveLength(1);
  expect(rows).toEqual([
    {
      name: "Ann",
      albums: [
        {
          id: "l1",
          title: "One",
          price: 9.99,
          raw_price: { value: "9.99", precision: 20 },
          created_at: new Date("2020-02-03T04:05:06.789Z"),
          labels: [
            { id: "b1", name: "L1" },
            { id: "b2", name: "L2" },
          ],
        },
        { id: "l2", title: "Two", price: null, raw_price: null, created_at: expect.any(Date), labels: [{ id: "b1", name: "L1" }] },
      ],
      profile: { id: "p1", website: "https://ann.test" },
    },
    {
      name: "Bob",
      albums: [{ id: "l4", title: "Ba", price: null, raw_price: null, created_at: expect.any(Date), labels: [] }],
      profile: null,
    },
    { name: "Cy", albums: [], profile: null },
  ]);
});

test("a star gives all own columns, and what to-one relations refer to", async () => {
  const { rows } = await artists({ "*": true }, { filters: { id: ["a1", "a2"] } });
  expect(Object.keys(rows[0] ?? {}).sort()).toEqual(
    [...specOf(Artist).properties.map((property) => property.name), "raw_worth", "profile"].sort(),
  );
  expect(rows.map((row) => row.profile)).toEqual([{ id: "p1" }, null]);
  const tickets = await read(counting, { spec: specOf(Ticket), fields: tree({ "*": true, children: { subject: true } }) });
  expect(tickets.rows.map(({ number, parent_id, parent, children }) => ({ number, parent_id, parent, children }))).toEqual([
    { number: 1, parent_id: null, parent: null, children: [{ id: "t2", subject: "second" }] },
    { number: 2, parent_id: "t1", parent: { id: "t1" }, children: [{ id: "t3", subject: "third" }] },
    { number: 3, parent_id: "t2", parent: { id: "t2" }, children: [] },
  ]);
});

test("no known field gives empty rows, a relation without fields its keys", async () => {
  expect((await artists({ nope: true })).rows).toEqual([{}, {}, {}]);
  expect((await artists({ albums: {} }, { take: 1 })).rows).toEqual([{ albums: [{ id: "l1" }, { id: "l2" }] }]);
});

test("take, skip and count: one statement, also where no row is there to tell it", async () => {
  statements.length = 0;
  const page = await artists({ name: true, albums: { title: true } }, { take: 1, skip: 1, order: { name: "DESC" }, count: true });
  expect(page).toEqual({ rows: [{ name: "Bob", albums: [{ id: "l4", title: "Ba" }] }], count: 3 });
  expect((await artists({ name: true }, { take: 5, skip: 1, count: true })).count).toBe(3);
  expect(await artists({ nope: true }, { take: 2, count: true })).toEqual({ rows: [{}, {}], count: 3 });
  expect((await artists({ name: true }, { filters: { name: "Nobody" }, take: 2, count: true })).count).toBe(0);
  expect(statements).toHaveLength(4);
  expect(await artists({ name: true }, { take: 5, skip: 7, count: true })).toEqual({ rows: [], count: 3 });
  expect(await artists({ name: true }, { take: 0, count: true })).toEqual({ rows: [], count: 3 });
  const nested: Shape = { name: true, albums: { title: true }, profile: { website: true } };
  expect(await artists(nested, { skip: 7, count: true })).toEqual({ rows: [], count: 3 });
  expect(await artists(nested, { skip: 1, filters: { name: "Nobody" }, count: true })).toEqual({ rows: [], count: 0 });
  expect(await artists(nested, { skip: 2, take: 200, count: true })).toMatchObject({ rows: [{ name: "Cy" }], count: 3 });
  expect(await artists({ name: true }, { skip: 2, count: true })).toEqual({ rows: [{ name: "Cy" }], count: 3 });
  expect(statements).toHaveLength(10);
  await expect(artists({ name: true }, { take: -1 })).rejects.toThrow('"take" must be a whole number that is not negative, but -1 came.');
});

test("a page that is read often is planned once", async () => {
  const plans = await studio.connection.transaction(async (transaction) => {
    for (let run = 0; run < 15; run++)
      await read(transaction, { spec: specOf(Artist), fields: tree({ handle: true }), take: 2, count: true });
    const { rows } = await transaction.query<{ generic: number; custom: number }>(
      `select generic_plans::int as generic, custom_plans::int as custom from pg_prepared_statements where statement like '%t1."handle"%limit 2%'`,
    );
    return rows;
  });
  expect(plans).toHaveLength(1);
  expect(plans[0]?.generic).toBeGreaterThan(plans[0]?.custom ?? 0);
});

test("PostgreSQL counts only where the page is full", async () => {
  const counted = async (take: number) => {
    const { read: plan, params } = prepareRead({ spec: specOf(Artist), fields: tree({ name: true }), take, count: true });
    const { rows } = await studio.connection.query<Record<string, string>>(`explain (analyze) ${plan.plan.text}`, params);
    return !rows.some((row) => /artist t2 .*never executed/.test(Object.values(row)[0] ?? ""));
  };
  expect(await counted(2)).toBe(true);
  expect(await counted(4)).toBe(false);
});

test("order by own fields, related fields, and of the children", async () => {
  const names = async (order: ReadRequest["order"]) => (await artists({ name: true }, { order })).rows.map((row) => row.name).join();
  expect(await names({ rank: "DESC" })).toBe("Cy,Ann,Bob");
  expect(await names({ is_active: "ASC", name: -1 })).toBe("Cy,Bob,Ann");
  expect(await names({ albums: { year: "ASC" } })).toBe("Bob,Ann,Cy");
  expect(await names({ "albums.labels.name": "desc nulls last" })).toBe("Ann,Bob,Cy");
  const albums = await read(counting, {
    spec: specOf(Album),
    fields: tree({ title: true }),
    order: { artist: { name: "DESC" }, title: "DESC" },
    take: 2,
  });
  expect(albums.rows).toEqual([{ title: "Ba" }, { title: "Two" }]);
  const { rows } = await artists({ albums: { title: true } }, { order: { albums: { title: "DESC" } }, filters: { id: "a1" }, take: 1 });
  expect(rows).toEqual([
    {
      albums: [
        { id: "l2", title: "Two" },
        { id: "l1", title: "One" },
      ],
    },
  ]);
  await expect(artists({ name: true }, { order: { nope: "ASC" } })).rejects.toThrow("Trying to order by not existing property Artist.nope");
  await expect(artists({ name: true }, { order: { name: "up; drop table artist" as "ASC" } })).rejects.toMatchObject({
    reason: "data.bad_direction",
  });
});

test("deleted rows are hidden at every level, and shown on request", async () => {
  expect((await artists({ name: true })).rows).toHaveLength(3);
  const all = await artists({ name: true, albums: { title: true } }, { withDeleted: true, order: { name: "ASC" } });
  expect(all.rows.map((row) => row.name)).toEqual(["Ann", "Bob", "Cy", "Gone"]);
  expect(all.rows[0]?.albums).toHaveLength(3);
  const deleted = await artists({ name: true, albums: { title: true } }, { filters: { deleted_at: { $ne: null } } });
  expect(deleted.rows).toEqual([{ name: "Gone", albums: [] }]);
  const labels = await read(counting, {
    spec: specOf(Label),
    fields: tree({ name: true, albums: { title: true } }),
    order: { name: "ASC" },
  });
  expect(labels.rows[0]?.albums).toEqual([
    { id: "l1", title: "One" },
    { id: "l2", title: "Two" },
  ]);
});

test("an edge given by a resolver joins, filters and leaves itself out where nothing is there", async () => {
  const edges: ReadRequest["edges"] = (spec, name) =>
    spec === specOf(Artist) && name === "rival"
      ? { name, many: false, target: specOf(Artist), absent: "omit", join: { kind: "key", from: "rank", to: "rank" } }
      : undefined;
  const { rows } = await artists({ name: true, rival: { name: true } }, { edges, filters: { rival: { name: { $like: "_ob" } } } });
  expect(rows).toEqual([{ name: "Bob", rival: { id: "a2", name: "Bob" } }]);
});

test("a statement is prepared once its shape has come up often enough", async () => {
  const names: (string | undefined)[] = [];
  const watching: SqlExecutor = { query: (text, params, name) => (names.push(name), studio.connection.query(text, params, name)) };
  for (const id of ["a1", "a2", "a3", "a1"])
    await read(watching, { spec: specOf(Artist), fields: tree({ handle: true, rank: true }), filters: { id } });
  expect(names.slice(0, 2)).toEqual([undefined, undefined]);
  expect(names[3]).toBe(names[2]);
  expect(names[2]).toMatch(/^v\d+$/);
});
