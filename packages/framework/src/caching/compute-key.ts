import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { cacheErrors } from "./errors";

/**
 * A key from what identifies some data, whatever the order of its properties. Those that are undefined count as left out.
 *
 * @throws `caching.bad_key_part` for what cannot be told from others of its kind, such as a function.
 */
export function computeKey(input: object): string {
  if (input === undefined) throw cacheErrors.badKeyPart([], "undefined");
  return createHash("sha256")
    .update(JSON.stringify(ordered(input, [], [])))
    .digest("hex");
}

/** As JSON can write it, with nothing lost. @param within The objects that it lies in. */
function ordered(value: unknown, path: readonly string[], within: readonly object[]): unknown {
  if (typeof value === "function" || typeof value === "symbol")
    throw cacheErrors.badKeyPart(path, typeof value === "symbol" ? String(value) : "a function");
  if (value === undefined || typeof value === "bigint") return special(typeof value, String(value));
  if (typeof value === "number" && !Number.isFinite(value)) return special("number", String(value));
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof RegExp) return special("pattern", String(value));
  if (value instanceof Date && Number.isNaN(value.getTime())) return special("date", String(value));
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return value;
  if (within.includes(value)) throw cacheErrors.badKeyPart(path, "an object that contains itself");

  const part = (inner: unknown, name: string | number) => ordered(inner, [...path, String(name)], [...within, value]);
  if (Array.isArray(value)) return value.map(part);
  if (value instanceof Set) return special("set", [...value].map(part));
  if (value instanceof Map) return special("map", [...value].map(part));
  const names = Object.keys(value).filter((name) => (value as Record<string, unknown>)[name] !== undefined);
  if (!names.length && !isPlain(value)) throw cacheErrors.badKeyPart(path, inspect(value, { depth: 0 }));
  // A list of pairs, so that numeric names cannot change places.
  return { sorted: names.sort().map((name) => [name, part((value as Record<string, unknown>)[name], name)]) };
}

/** No object gets a form like this, since all of them are `sorted`. */
const special = (kind: string, value: unknown): object => ({ kind, value });

/** Whether all that an object says is in its properties. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another prototype, which has none itself.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
