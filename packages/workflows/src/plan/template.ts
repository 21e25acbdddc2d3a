import { composeErrors } from "../errors";
import { cloneJson } from "./json-copy";
import type { Slot, TransformNode } from "./plan";
import { nameOf, referenceOf } from "./reference";

/** The values of one plan within a run. */
export interface SlotValues {
  readonly slots: unknown[];
}

/** The composition that references belong to. */
export interface TemplateOwner {
  readonly id: string;
}

/** A value with references in it, compiled: given the values of a run it yields a fresh copy. */
export interface Template {
  resolve(values: SlotValues): unknown;
  /** Slots that it reads. */
  readonly reads: readonly Slot[];
  /** Where in the value (`at`) stands which part (`path`) of what a slot holds. */
  readonly references: readonly { readonly at: readonly string[]; readonly slot: Slot; readonly path: readonly string[] }[];
  /** Transforms that have to be computed before, in that order. */
  readonly transforms: readonly Slot[];
}

/**
 * Compiles a value given in a composer. References become copies of what they stand for; plain objects and arrays are
 * rebuilt each time; anything else (functions, dates, instances) is passed as it is.
 */
export function compileTemplate(value: unknown, owner: TemplateOwner): Template {
  const references: Template["references"][number][] = [];
  const resolve = compile(value, owner, [], references, new Set());
  const reads = [...new Set(references.map(({ slot }) => slot))];
  const transforms = reads.filter((slot): slot is Slot & { transform: TransformNode } => slot.transform !== undefined);
  return { resolve, reads, references, transforms };
}

type Resolve = (values: SlotValues) => unknown;

function compile(
  value: unknown,
  owner: TemplateOwner,
  at: readonly string[],
  references: Template["references"][number][],
  parents: Set<object>,
): Resolve {
  const reference = referenceOf(value);
  if (reference) {
    const { slot, path } = reference;
    if (slot.owner !== owner) throw composeErrors.foreignReference(nameOf(reference), slot.owner.id, owner.id);
    references.push({ at, slot, path });
    return path.length ? readPath(slot.index, path) : ({ slots }) => cloneJson(slots[slot.index]);
  }
  if (typeof value !== "object" || value === null || parents.has(value)) return () => value;
  parents.add(value);
  try {
    if (Array.isArray(value)) {
      const items = value.map((item, i) => compile(item, owner, [...at, String(i)], references, parents));
      return (values) => items.map((item) => item(values));
    }
    if (!isPlain(value)) return () => value;
    const entries = Object.entries(value).map(([key, item]) => [key, compile(item, owner, [...at, key], references, parents)] as const);
    return (values) => {
      const object: Record<string, unknown> = {};
      for (const [key, item] of entries) object[key] = item(values);
      return object;
    };
  } finally {
    parents.delete(value);
  }
}

function readPath(index: number, path: readonly string[]): Resolve {
  return ({ slots }) => {
    let value = slots[index];
    for (const key of path) {
      if (value === null || value === undefined) return undefined;
      value = (value as Record<string, unknown>)[key];
    }
    return typeof value === "function" ? undefined : cloneJson(value);
  };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
