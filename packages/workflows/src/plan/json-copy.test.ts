import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonCopy } from "./json-copy";
import { anyValue, roundTrip } from "../testing/any-value";

test("copies as JSON would, whatever the value", () => {
  fc.assert(
    fc.property(anyValue, (value) => void expect(jsonCopy(value)).toStrictEqual(roundTrip(value))),
    { numRuns: 2000 },
  );
});

test("toJSON, prototypes, and what JSON refuses", () => {
  class Money {
    constructor(readonly amount: number) {}
    toJSON(key: string) {
      return { key, amount: this.amount, at: new Date(0) };
    }
  }
  const inherited = Object.create({ hidden: 1 }) as object;
  const tricky = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}') as object;
  for (const value of [
    { price: new Money(1) },
    [new Money(2)],
    inherited,
    tricky,
    { toJSON: () => undefined },
    [{ toJSON: () => undefined }],
    { b: Buffer.from("x") },
  ])
    expect(jsonCopy(value)).toStrictEqual(roundTrip(value));
  expect(Object.keys(jsonCopy(tricky) as object)).toStrictEqual(["__proto__", "constructor"]);
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(() => jsonCopy(circle)).toThrow(/circular/i);
  expect(() => jsonCopy({ n: 1n })).toThrow(TypeError);
});
