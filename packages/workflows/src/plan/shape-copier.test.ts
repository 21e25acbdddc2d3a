import fc from "fast-check";
import { expect, test } from "vitest";
import { copierOf, createCopier } from "./shape-copier";
import { anyValue, roundTrip } from "../testing/any-value";

/** Uses a place until it has made its functions. */
function accustom(copy: (value: unknown) => unknown, value: unknown): void {
  for (let i = 0; i < 40; i++) copy(value);
}

test("copies as JSON would, before and after it knows the shape", () => {
  fc.assert(
    fc.property(anyValue, anyValue, (value, other) => {
      const copy = createCopier();
      expect(copy(value)).toStrictEqual(roundTrip(value));
      accustom(copy, value);
      expect(copy(value)).toStrictEqual(roundTrip(value));
      expect(copy(other)).toStrictEqual(roundTrip(other));
    }),
    { numRuns: 500 },
  );
});

test("the same keys with other values: what JSON changes, leaves out or refuses", () => {
  const copy = createCopier();
  accustom(copy, { at: "now", items: [{ id: 1, n: 1 }], 'odd \u2028 "name"': true, 7: "seven" });
  for (const at of [
    undefined,
    () => 1,
    Symbol("s"),
    NaN,
    -0,
    new Date(0),
    { toJSON: (key: string) => key },
    { toJSON: () => undefined },
    [undefined],
  ])
    for (const n of [undefined, Infinity, null, new Map([[1, 2]]), Object.create({ inherited: 1 })]) {
      const value = { 7: at, at, items: [{ id: at, n }, n], 'odd \u2028 "name"': n };
      expect(copy(value)).toStrictEqual(roundTrip(value));
    }
  expect(() => copy({ 7: "", at: 1n, items: [], 'odd \u2028 "name"': 1 })).toThrow(TypeError);
  const circle: Record<string, unknown> = { 7: 1, at: 1, items: 1 };
  circle['odd \u2028 "name"'] = circle;
  expect(() => copy(circle)).toThrow(/circular/i);
  const tricky = JSON.parse('{"__proto__": {"a": 1}, "b": 2}') as object;
  accustom(copy, tricky);
  expect(JSON.stringify(copy(tricky))).toBe(JSON.stringify(tricky));
});

test("copies share nothing with what they were made of", () => {
  const copy = createCopier();
  const value = { lines: [{ id: 1, tags: ["a"] }], address: { city: "London" } };
  accustom(copy, value);
  const copied = copy(value) as typeof value;
  copied.lines[0]?.tags.push("b");
  copied.address.city = "Paris";
  expect(value).toStrictEqual({ lines: [{ id: 1, tags: ["a"] }], address: { city: "London" } });
});

test("objects that are maps, with other keys each time, are copied all the same", () => {
  const copy = createCopier();
  for (let i = 0; i < 100; i++) expect(copy({ [`id-${i}`]: { n: i } })).toStrictEqual({ [`id-${i}`]: { n: i } });
});

test("a thing has one copier", () => {
  const thing = {};
  expect(copierOf(thing)).toBe(copierOf(thing));
  expect(copierOf({})).not.toBe(copierOf(thing));
});
