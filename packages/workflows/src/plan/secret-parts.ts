import type { Path } from "./secret-paths";

/** What stands where a secret part was. */
export const hidden = "[secret]";

/** A part of a value, and where it belongs. */
export type Part = [path: string[], value: unknown];

/** Splits a JSON value: what may be seen, and the parts at the paths. The value itself is left as it is. */
export function withoutParts(value: unknown, paths: readonly Path[]): { visible: unknown; parts: Part[] } {
  const parts: Part[] = [];
  let visible = value;
  for (const path of paths) visible = take(visible, path, [], parts);
  return { visible, parts };
}

/** A value as it may be seen. */
export function masked(value: unknown, paths: readonly Path[] | undefined): unknown {
  return paths?.length ? withoutParts(value, paths).visible : value;
}

/** Puts the parts back in their places; changes the value. */
export function withParts(visible: unknown, parts: readonly Part[]): unknown {
  let value = visible;
  for (const [path, part] of parts) {
    const last = path.at(-1);
    if (last === undefined) value = part;
    else {
      const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value);
      (parent as Record<string, unknown>)[last] = part;
    }
  }
  return value;
}

/** The texts that are at the paths, to be looked for in messages. */
export function secretTexts(value: unknown, paths: readonly Path[]): string[] {
  const texts = new Set<string>();
  const collect = (part: unknown): void => {
    if (typeof part === "object" && part !== null) Object.values(part).forEach(collect);
    // Shorter ones stand everywhere, and say nothing.
    else if ((typeof part === "string" || typeof part === "number") && String(part).length >= shortestSecret) texts.add(String(part));
  };
  for (const [, part] of withoutParts(value, paths).parts) collect(part);
  return [...texts];
}
const shortestSecret = 3;

/** A JSON value in which the texts are hidden wherever they stand in strings. */
export function withoutTexts<T>(value: T, texts: readonly string[]): T {
  if (!texts.length) return value;
  if (typeof value === "string") return texts.reduce<string>((text, secret) => text.replaceAll(secret, hidden), value) as T;
  if (typeof value === "number") return (texts.includes(String(value)) ? hidden : value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => withoutTexts(item, texts)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutTexts(item as unknown, texts)])) as T;
}

function take(value: unknown, path: Path, at: string[], parts: Part[]): unknown {
  const [key, ...further] = path;
  if (key === undefined) {
    if (value === undefined || value === hidden) return value;
    parts.push([at, value]);
    return hidden;
  }
  if (typeof value !== "object" || value === null) return value;
  const keys = key === "*" ? Object.keys(value) : Object.hasOwn(value, key) ? [key] : [];
  if (!keys.length) return value;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Record<string, unknown>;
  for (const one of keys) copy[one] = take(copy[one], further, [...at, one], parts);
  return copy;
}
