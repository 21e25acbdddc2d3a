import { expect, test } from "vitest";
import { duration, jsonSize, moment } from "./measures";

test("durations in the unit that people would use", () => {
  expect([0, 999.4, 1000, 59_900, 90_000, 5_400_000, 200_000_000].map(duration)).toEqual([
    "0 ms",
    "999 ms",
    "1.0 s",
    "59.9 s",
    "1.5 min",
    "1.5 h",
    "2.3 d",
  ]);
});

test("sizes of values as JSON", () => {
  expect([undefined, null, 1, "ä", { a: "x".repeat(1492) }, "x".repeat(3_400_000)].map(jsonSize)).toEqual([
    "-",
    "-",
    "1 B",
    "4 B",
    "1.5 kB",
    "3.4 MB",
  ]);
});

test("moments to the second", () => {
  expect(moment(new Date("2026-11-24T08:03:22.091Z"))).toBe("2026-11-24 08:03:22");
});
