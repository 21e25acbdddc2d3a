import { expect, test } from "vitest";
import { computeKey } from "./compute-key";

test.each<[name: string, one: unknown, other: unknown]>([
  ["null and nothing", { filters: { a: null } }, { filters: { a: undefined } }],
  ["null and nothing, in a list", [null], [undefined]],
  ["no number and null", { n: NaN }, { n: null }],
  ["infinities", { n: Infinity }, { n: -Infinity }],
  ["a number and a big one", { n: 1 }, { n: 1n }],
  ["big numbers", { n: 1n }, { n: 2n }],
  ["patterns", { p: /x/ }, { p: /y/ }],
  ["flags of patterns", { p: /x/ }, { p: /x/i }],
  ["a pattern and a text", { p: /x/ }, { p: "/x/" }],
  ["sets", { s: new Set([1]) }, { s: new Set([2]) }],
  ["a set and a list", { s: new Set([1]) }, { s: [1] }],
  ["maps", { m: new Map([[1, "a"]]) }, { m: new Map([[1, "b"]]) }],
  ["a date that is none and null", { d: new Date(NaN) }, { d: null }],
  ["an empty object and an empty list", {}, []],
  ["names that look like a key's own", { a: 1 }, { sorted: [["a", 1]] }],
])("what is different has different keys: %s", (_name, one, other) => {
  expect(computeKey(one as object)).not.toBe(computeKey(other as object));
});

test.each<[name: string, one: object, other: object]>([
  ["what is undefined is left out", { a: 1, b: undefined }, { a: 1 }],
  ["the order of properties does not count", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
  ["dates are what JSON makes of them", { d: new Date(0) }, { d: "1970-01-01T00:00:00.000Z" }],
  ["objects without a prototype are objects", Object.assign(Object.create(null) as object, { a: 1 }), { a: 1 }],
  ["one object in two places is two", twice({ a: 1 }), { x: { a: 1 }, y: { a: 1 } }],
])("what is the same has the same key: %s", (_name, one, other) => {
  expect(computeKey(one)).toBe(computeKey(other));
});

function twice(value: object): object {
  return { x: value, y: value };
}

const circular: { self?: unknown } = {};
circular.self = circular;

test.each<[input: unknown, message: string]>([
  [{ filters: { a: [1, () => 2] } }, '"filters.a.1" is a function, of which no key for a cache can be made.'],
  [{ s: Symbol("x") }, '"s" is Symbol(x), of which no key for a cache can be made.'],
  [{ p: Promise.resolve(1) }, '"p" is Promise'],
  [{ e: new WeakMap() }, '"e" is WeakMap'],
  [circular, '"self" is an object that contains itself, of which no key for a cache can be made.'],
  [undefined, "What the key is made of is undefined,"],
])("what no key can be made of is refused, and its place named: %#", (input, message) => {
  expect(() => computeKey(input as object)).toThrow(message);
});
