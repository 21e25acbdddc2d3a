import { runErrors } from "../errors/workflow-errors";

/**
 * Copies with the meaning of `JSON.parse(JSON.stringify(value))`: dates become strings, `toJSON` is called, functions
 * and undefined properties vanish. Values cross every boundary of a workflow in this way, whichever runner runs it.
 *
 * @throws a TypeError for what JSON cannot hold; `workflow.not_awaited` for a promise, of which nothing would be left. `copyNamed`
 * says where it stands
 */
export function jsonCopy(value: unknown): unknown {
  return copyPart(value, "", 0);
}

/** Deeper than any sane value: from here on JSON itself decides, and refuses circles. */
export const deepest = 500;

/** The copy of a part of a value: under `key`, so many levels down. */
export function copyPart(value: unknown, key: string, depth: number): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      // JSON has no -0.
      return Number.isFinite(value) ? value + 0 : null;
    case "object":
      return value === null ? null : copyObject(value, key, depth);
    case "bigint":
      return JSON.parse(JSON.stringify(value));
    default:
      return undefined;
  }
}

function copyObject(value: object, key: string, depth: number): unknown {
  if (depth > deepest) return JSON.parse(JSON.stringify(value));
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === "function") {
    const json: unknown = toJSON.call(value, key);
    // What `toJSON` returns is taken as it is: its own `toJSON` is not called again.
    return typeof json === "object" && json !== null ? copyParts(json, depth) : copyPart(json, key, depth);
  }
  return copyParts(value, depth);
}

function copyParts(value: object, depth: number): unknown {
  if (Array.isArray(value)) {
    const { length } = value;
    const copied = new Array<unknown>(length);
    for (let i = 0; i < length; i++) {
      const item = copyPart(value[i], String(i), depth + 1);
      copied[i] = item === undefined ? null : item;
    }
    return copied;
  }
  if (value instanceof Number || value instanceof String || value instanceof Boolean) return JSON.parse(JSON.stringify(value));
  const copied: Record<string, unknown> = {};
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    // For plain objects, much faster than over Object.keys.
    for (const key in value) {
      const item = copyPart((value as Record<string, unknown>)[key], key, depth + 1);
      if (item !== undefined) assign(copied, key, item);
      else if (key === "then") refusePromise(value);
    }
    return copied;
  }
  refusePromise(value);
  for (const key of Object.keys(value)) {
    const item = copyPart((value as Record<string, unknown>)[key], key, depth + 1);
    if (item !== undefined) assign(copied, key, item);
  }
  return copied;
}

/** Nothing would be left of it. Only where there may be one, for this is asked of every object. */
function refusePromise(value: object): void {
  if (typeof (value as { then?: unknown }).then === "function") throw runErrors.notAwaited();
}

function assign(target: Record<string, unknown>, key: string, value: unknown): void {
  // A plain assignment would set the prototype.
  if (key === "__proto__") Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
