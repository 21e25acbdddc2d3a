import { expect, test } from "vitest";
import { shown } from "./shown";

const circle: Record<string, unknown> = { n: 1n };
circle.self = circle;

test.each<[unknown, string]>([
  ['a "text"', '"a \\"text\\""'],
  [undefined, "undefined"],
  [NaN, "NaN"],
  [5n, "5n"],
  [Symbol("s"), "Symbol(s)"],
  [() => 1, "a function"],
  [{ a: [1] }, '{"a":[1]}'],
  [circle, "<ref *1> { n: 1n, self: [Circular *1] }"],
  [new Map([[1, 2]]), "Map(1) { 1 => 2 }"],
  [new Date("2026-05-01T12:00:00Z"), "2026-05-01T12:00:00.000Z"],
  ["x".repeat(500), `"${"x".repeat(199)}…`],
])("%o is shown as %s", (value, text) => {
  expect(shown(value)).toBe(text);
});
