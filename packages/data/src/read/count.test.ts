import type { SqlExecutor } from "@velella/kernel";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { specOf } from "../model/spec-of";
import type { ReadRequest } from "../plan/read-plan";
import { recordStatements } from "../testing/record-statements";
import { createStudioDatabase } from "../testing/studio-database";
import type { StudioDatabase } from "../testing/studio-database";
import { Album } from "../testing/studio/models";
import { read } from "./read";

let studio: StudioDatabase;
const statements: string[] = [];

/** An executor of its own: what is remembered of counts belongs to the executor. */
const executor = (): SqlExecutor => recordStatements(studio.connection, (text) => statements.push(text));
const albums = (on: SqlExecutor, rest: Partial<ReadRequest>) =>
  read(on, { spec: specOf(Album), fields: { scalars: new Set(["id"]), relations: new Map() }, count: "estimate", take: 10, ...rest });

beforeAll(async () => {
  studio = await createStudioDatabase();
  await studio.connection.query(`
    insert into artist (id, name, handle) values ('few', 'Few', 'few'), ('limit', 'Limit', 'limit'), ('many', 'Many', 'many');
    insert into album (id, title, year, artist_id) select 'l' || n, 'L' || n, 1, 'limit' from generate_series(1, 10000) n;
    insert into album (id, title, year, artist_id) select 'm' || n, 'M' || n, n % 3, 'many' from generate_series(1, 40000) n;
    insert into album (id, title, year, artist_id) select 'f' || n, 'F' || n, 7, 'few' from generate_series(1, 30) n;
    analyze;
  `);
});
afterAll(() => studio.drop());
beforeEach(() => {
  statements.length = 0;
});

test("counts are exact up to ten thousand, in one statement", async () => {
  const on = executor();
  expect(await albums(on, { filters: { artist_id: "few" } })).toMatchObject({ count: 30 });
  const full = await albums(on, { filters: { artist_id: "limit" } });
  expect([full.count, full.isEstimate]).toEqual([10_000, undefined]);
  expect(statements).toHaveLength(2);
});

test("beyond it they are estimated and flagged; the last page and an exact request tell the truth", async () => {
  const on = executor();
  const { count, isEstimate } = await albums(on, { filters: { artist_id: "many" } });
  expect(isEstimate).toBe(true);
  expect(count).toBeGreaterThan(20_000);
  expect(count).toBeLessThan(80_000);
  const exact = await albums(on, { filters: { artist_id: "many" }, count: true });
  expect([exact.count, exact.isEstimate]).toEqual([40_000, undefined]);
  const last = await albums(on, { filters: { artist_id: "many" }, skip: 39_995 });
  expect([last.rows.length, last.count, last.isEstimate]).toEqual([5, 40_000, undefined]);
  const beyond = await albums(on, { filters: { artist_id: "many" }, skip: 50_000 });
  expect(beyond.rows).toEqual([]);
  expect(beyond.count).toBeLessThanOrEqual(50_000);
});

test("an estimate is never less than what was seen already", async () => {
  const on = executor();
  // The statistics know nothing of rows whose title and id are the same.
  const filters = { $and: [{ title: { $like: "M%" } }, { year: { $ne: 7 } }, { id: { $like: "%m%" } }, { artist: { name: "Many" } }] };
  const { count, isEstimate } = await albums(on, { filters, skip: 30_000 });
  expect(isEstimate).toBe(true);
  expect(count).toBeGreaterThanOrEqual(30_010);
});

test("pages of a list that is known to be long do not count again", async () => {
  const on = executor();
  const filters = { artist: { name: "Many" } };
  const first = await albums(on, { filters });
  expect(statements).toHaveLength(2);
  const second = await albums(on, { filters, skip: 10, order: { title: "DESC" } });
  expect(statements).toHaveLength(3);
  expect(statements[2]).not.toContain("count(*)");
  expect(second).toMatchObject({ count: first.count, isEstimate: true });
  // Another value, another count; and a transaction sees for itself.
  expect(await albums(on, { filters: { artist: { name: "Few" } } })).toMatchObject({ count: 30 });
  await studio.connection.transaction(async (transaction) => {
    await transaction.query("delete from album where artist_id = 'many' and year <> 0");
    await transaction.query("delete from album where artist_id = 'many' and year = 0 and id > 'm2'");
    const { count, isEstimate } = await albums(transaction, { filters });
    expect([count, isEstimate]).toEqual([expect.any(Number), undefined]);
    expect(count).toBeLessThan(10_000);
  });
});
