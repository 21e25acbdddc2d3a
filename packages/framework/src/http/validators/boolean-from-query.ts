import { z } from "zod";

/** A boolean that may arrive as the text "true", "false", "1" or "0", as query strings and forms bring it. */
export function booleanFromQuery() {
  return z.preprocess((value) => {
    if (value === "true" || value === "1") return true;
    if (value === "false" || value === "0") return false;
    return value;
  }, z.boolean());
}
