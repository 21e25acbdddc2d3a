import { inspect, types } from "node:util";

const { isProxy } = types;

/** More than this of a value helps nobody who reads a message. */
const longest = 200;

/** A value as messages show it, whatever it is. */
export function shown(value: unknown): string {
  if (typeof value === "string") return cut(JSON.stringify(value));
  if (typeof value === "function") return "a function";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  return cut(json(value) ?? inspect(value, { breakLength: Infinity, depth: 1 }));
}

/** Of plain objects and lists, as long as they are JSON: others are more than JSON would say of them. */
function json(value: object): string | undefined {
  if (isProxy(value) || !(Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)) return undefined;
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
