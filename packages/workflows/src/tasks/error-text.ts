import { inspect } from "node:util";

/**
 * What was thrown as a text that PostgreSQL takes, whatever it is: the stack of an error, a text as it is, JSON of anything
 * else, or what Node.js shows of it. Characters that no text column has are replaced.
 */
export function errorText(error: unknown): string {
  return rawText(error)
    .replaceAll("\0", "\u2400")
    .replaceAll(/\p{Surrogate}/gu, "\uFFFD");
}

function rawText(error: unknown): string {
  try {
    if (error instanceof Error) return String(error.stack ?? error.message);
    if (typeof error === "object" && error !== null) return JSON.stringify(error) ?? inspect(error);
    return String(error);
  } catch {
    return inspected(error);
  }
}

function inspected(error: unknown): string {
  try {
    return inspect(error);
  } catch {
    return "What was thrown cannot be shown.";
  }
}
