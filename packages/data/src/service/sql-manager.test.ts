import type { SqlExecutor } from "@velella/kernel";
import { expect, test } from "vitest";
import { managerFor } from "./sql-manager";

/** What a statement and its parameters become on their way to the database. */
async function sent(text: string, params?: readonly unknown[]): Promise<[string, readonly unknown[] | undefined]> {
  let seen: [string, readonly unknown[] | undefined] = ["", undefined];
  const executor: SqlExecutor = {
    async query(statement, values) {
      seen = [statement, values];
      return { rows: [], rowCount: 0 };
    },
  };
  await managerFor(executor).execute(text, params);
  return seen;
}

test("question marks become numbered placeholders, outside of quotes and comments", async () => {
  expect(await sent("select ? as a, ? as b", [1, 2])).toEqual(["select $1 as a, $2 as b", [1, 2]]);
  expect(await sent(`select '?''?' as "?", ? -- ?\n/* ? */ , $q$?$q$, $$ ? $$`, [1])).toEqual([
    `select '?''?' as "?", $1 -- ?\n/* ? */ , $q$?$q$, $$ ? $$`,
    [1],
  ]);
  expect(await sent("select data \\? 'key', ?", [1])).toEqual(["select data ? 'key', $1", [1]]);
});

test("a list spreads in an IN, and stays a list elsewhere", async () => {
  expect(await sent("select 1 where a in (?) and b = any(?) and c = ?", [[1, 2], [3], 4])).toEqual([
    "select 1 where a in ($1, $2) and b = any($3) and c = $4",
    [1, 2, [3], 4],
  ]);
  expect(await sent("select 1 where a IN ( ? )", [[]])).toEqual(["select 1 where a IN ( null )", []]);
});

test("numbered placeholders and statements without parameters stay as they are", async () => {
  expect(await sent("select $1 where data ? 'x'", [1])).toEqual(["select $1 where data ? 'x'", [1]]);
  expect(await sent("select data ? 'x', data \\? 'y'")).toEqual(["select data ? 'x', data ? 'y'", []]);
  expect(await sent("select data \\? $1, '\\?'", ["x"])).toEqual(["select data ? $1, '\\?'", ["x"]]);
  expect(await sent("select '\\?' as text")).toEqual(["select '\\?' as text", []]);
});

test("a string with escapes ends where PostgreSQL ends it", async () => {
  expect(await sent(String.raw`select E'it\'s ?' as s, e'\\', 'a\', ? as n`, [1])).toEqual([
    String.raw`select E'it\'s ?' as s, e'\\', 'a\', $1 as n`,
    [1],
  ]);
  expect(await sent("select type'?', ?", [1])).toEqual(["select type'?', $1", [1]]);
});

test("a number of parameters that does not fit is an error that says so", async () => {
  await expect(sent("select ?, ?", [1])).rejects.toThrow("The statement has 2 placeholders, but 1 parameters came.");
  await expect(sent("select '?'", [1])).rejects.toMatchObject({ hint: expect.stringContaining("\\?") });
});
