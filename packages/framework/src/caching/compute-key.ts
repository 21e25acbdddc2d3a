import { createHash } from "node:crypto";

/** A key from what identifies some data, whatever the order of its properties. */
export function computeKey(input: object): string {
  return createHash("sha256")
    .update(JSON.stringify(ordered(input)))
    .digest("hex");
}

function ordered(value: unknown): unknown {
  if (typeof value !== "object" || value === null || typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
  if (Array.isArray(value)) return value.map(ordered);
  const names = Object.keys(value).sort();
  // A list of pairs, so that numeric names cannot change places.
  return { sorted: names.map((name) => [name, ordered((value as Record<string, unknown>)[name])]) };
}
