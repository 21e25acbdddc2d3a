import { types } from "node:util";
import { runErrors } from "../errors/workflow-errors";
import { jsonCopy } from "./json-copy";
import type { Copier } from "./shape-copier";

/** Something that JSON cannot hold: where it stands in a value, what it is, and what would be right. */
interface Flaw {
  at: readonly string[];
  found: string;
  mend: string;
}

/**
 * A copy of a value.
 *
 * @param what Names the value, as a message begins; called where there is one.
 * @throws `workflow.not_json`
 */
export function copyNamed(value: unknown, what: () => string, copy: Copier = jsonCopy): unknown {
  try {
    return copy(value);
  } catch (error) {
    throw notJson(error, value, what());
  }
}

/** How messages name the input of a workflow. */
export const inputOf = ({ id }: { readonly id: string }): string => `The input of workflow "${id}"`;

/**
 * The error that says which part of a value cannot be copied as JSON.
 *
 * @param error What the copying threw.
 * @param what Names the value, as the message begins.
 */
function notJson(error: unknown, value: unknown, what: string): Error {
  hear(value, new Set());
  const flaw = flawIn(value, "", [], new Set()) ?? {
    at: [],
    found: `more than can be written (${error instanceof Error ? error.message : String(error)})`,
    mend: "Give plain data, such as ids.",
  };
  return Object.assign(runErrors.notJson(what, flaw.at.join("."), flaw.found, flaw.mend), { cause: error });
}

function flawIn(value: unknown, key: string, at: readonly string[], parents: Set<object>): Flaw | undefined {
  // Without the value: it may be a secret part.
  if (typeof value === "bigint") {
    if ("toJSON" in BigInt.prototype) return undefined;
    return { at, found: "a BigInt", mend: "Give it as a text or a number: String(value), or Number(value)." };
  }
  if (typeof value !== "object" || value === null) return undefined;
  if (parents.has(value))
    return { at, found: "something that it stands in itself", mend: "Give plain data, such as the id of what it refers to." };
  parents.add(value);
  try {
    return flawInside(value, key, at, parents);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { at, found: `something that cannot be read: ${message}`, mend: "Give plain data." };
  } finally {
    parents.delete(value);
  }
}

function flawInside(value: object, key: string, at: readonly string[], parents: Set<object>): Flaw | undefined {
  const { toJSON, then } = value as { toJSON?: unknown; then?: unknown };
  if (typeof toJSON === "function") {
    const json: unknown = toJSON.call(value, key);
    return typeof json === "object" && json !== null ? firstFlaw(json, at, parents) : flawIn(json, key, at, parents);
  }
  if (typeof then === "function") return { at, found: "a promise", mend: "Await it: what it yields is the value." };
  return firstFlaw(value, at, parents);
}

function firstFlaw(value: object, at: readonly string[], parents: Set<object>): Flaw | undefined {
  for (const [key, part] of Object.entries(value)) {
    const flaw = flawIn(part, key, [...at, key], parents);
    if (flaw) return flaw;
  }
  return undefined;
}

/** What promises in a value fail with is the fault of whoever did not await them, which is reported already. */
function hear(value: unknown, seen: Set<object>): void {
  if (typeof value !== "object" || value === null || seen.has(value)) return;
  seen.add(value);
  if (types.isPromise(value)) value.catch(() => undefined);
  // Without calling a getter.
  for (const { value: part } of Object.values(Object.getOwnPropertyDescriptors(value))) hear(part, seen);
}
