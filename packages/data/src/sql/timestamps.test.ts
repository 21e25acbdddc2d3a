import fc from "fast-check";
import { expect, test } from "vitest";
import { parseTimestamp } from "./timestamps";

test("timestamps as PostgreSQL writes them, in rows and inside JSON", () => {
  const cases: [string, string][] = [
    ["2026-11-24 07:30:00+00", "2026-11-24T07:30:00.000Z"],
    ["2026-11-24 07:30:00.5+00", "2026-11-24T07:30:00.500Z"],
    ["2026-11-24T07:30:00.123456+00:00", "2026-11-24T07:30:00.123Z"],
    ["2026-11-24 07:30:00.9999", "2026-11-24T07:30:00.999Z"],
    ["2026-11-24 07:30:00", "2026-11-24T07:30:00.000Z"],
    ["2026-11-24T07:30:00Z", "2026-11-24T07:30:00.000Z"],
    ["2026-11-24 07:30:00.05+05:30", "2026-11-24T02:00:00.050Z"],
    ["2026-11-24 07:30:00-08", "2026-11-24T15:30:00.000Z"],
    ["1883-11-18 12:00:00-04:56:02", "1883-11-18T16:56:02.000Z"],
    ["0044-03-15 12:00:00+00 BC", "-000043-03-15T12:00:00.000Z"],
    ["0012-01-01 00:00:00+00", "0012-01-01T00:00:00.000Z"],
    ["0999-12-31 23:59:59+00", "0999-12-31T23:59:59.000Z"],
    ["12026-01-01 00:00:00.25+00", "+012026-01-01T00:00:00.250Z"],
  ];
  for (const [text, expected] of cases) expect(parseTimestamp(text).toISOString(), text).toBe(expected);
});

test("what is no moment is an invalid Date", () => {
  for (const text of ["infinity", "-infinity", "2026-11-2x 07:30:00+00", "2026-11-24 07:30:00+0x"]) {
    expect(Number.isNaN(parseTimestamp(text).getTime()), text).toBe(true);
  }
});

test("any moment comes back to the millisecond", () => {
  const zones = fc.constantFrom("+00", "+00:00", "Z", "");
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date("9999-12-31T23:59:59.999Z"), noInvalidDate: true }), zones, (date, zone) => {
      const text = date.toISOString().slice(0, -1);
      for (const form of [text, text.replace("T", " "), `${text}987`]) expect(parseTimestamp(`${form}${zone}`)).toEqual(date);
    }),
  );
});
