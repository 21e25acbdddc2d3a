import { types } from "pg";
import type { CustomTypesConfig } from "pg";
import { parseTimestamp } from "../sql/timestamps";

/** A 64-bit integer as a number where that is exact, else as its text. */
export function parseBigint(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

// Dates without a time stay text: as a Date they would move with the server's time zone.
const parsers = new Map<number, (text: string) => unknown>([
  [types.builtins.TIMESTAMPTZ, parseTimestamp],
  [types.builtins.TIMESTAMP, parseTimestamp],
  [types.builtins.INT8, parseBigint],
  [types.builtins.NUMERIC, (text) => text],
  [types.builtins.DATE, (text) => text],
]);

/** How values of the database become values of JavaScript. */
export const typeParsers: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") =>
    (format !== "binary" && parsers.get(oid)) || types.getTypeParser(oid, format ?? "text")) as CustomTypesConfig["getTypeParser"],
};
