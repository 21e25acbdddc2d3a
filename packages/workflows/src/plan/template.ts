import { composeErrors } from "../errors/workflow-errors";
import type { Reading } from "./last-reads";
import type { Slot, TransformNode } from "./plan";
import { copyNamed } from "./not-json";
import { nameOf, referenceOf } from "./reference";
import { createCopier } from "./shape-copier";

/** The values of one plan within a run. */
export interface SlotValues {
  readonly slots: unknown[];
  /** Whether a value may be handed over at its last reading, instead of a copy. */
  readonly moves: boolean;
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
  /** Each reference in it: where in the value stands which part of what a slot holds. */
  readonly references: readonly Reading[];
  /** Whether it is a reference and nothing else: then it yields what JSON can hold. */
  readonly isReference: boolean;
  /** Transforms that have to be computed before, in that order. */
  readonly transforms: readonly Slot[];
}

/**
 * Compiles a value given in a composer. References become copies of what they stand for. What is written there is one value for
 * all runs, so that each gets a copy: of dates, and of other instances that are data, the one that JSON makes. Functions, and
 * instances with methods, such as a service or a schema, are passed as they are.
 */
export function compileTemplate(value: unknown, owner: TemplateOwner): Template {
  const references: Reading[] = [];
  const resolve = compile(value, owner, [], references, new Set());
  const reads = [...new Set(references.map(({ slot }) => slot))];
  const transforms = reads.filter((slot): slot is Slot & { transform: TransformNode } => slot.transform !== undefined);
  return { resolve, reads, references, isReference: referenceOf(value) !== undefined, transforms };
}

type Resolve = (values: SlotValues) => unknown;

function compile(value: unknown, owner: TemplateOwner, at: readonly string[], references: Reading[], parents: Set<object>): Resolve {
  const reference = referenceOf(value);
  if (reference) {
    const { slot, path } = reference;
    if (slot.owner !== owner) throw composeErrors.foreignReference(nameOf(reference), slot.owner.id, owner.id);
    const reading: Reading = { at, slot, path, isLast: false };
    references.push(reading);
    return path.length ? readPath(reading) : readSlot(reading);
  }
  if (typeof value !== "object" || value === null || parents.has(value)) return () => value;
  parents.add(value);
  try {
    if (Array.isArray(value)) {
      const items = value.map((item, i) => compile(item, owner, [...at, String(i)], references, parents));
      return (values) => items.map((item) => item(values));
    }
    if (!isPlain(value)) {
      refuseReferences(value, owner, kindOf(value));
      return compileInstance(value, owner, at, (part) => compile(part, owner, at, references, parents));
    }
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

function compileInstance(value: object, { id }: TemplateOwner, at: readonly string[], compilePart: (part: unknown) => Resolve): Resolve {
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => [compilePart(key), compilePart(item)] as const);
    return (values) => new Map(entries.map(([key, item]) => [key(values), item(values)]));
  }
  if (value instanceof Set) {
    const items = [...value].map(compilePart);
    return (values) => new Set(items.map((item) => item(values)));
  }
  if (!isData(value)) return () => value;
  const what = () => `The ${kindOf(value)} ${at.length ? `"${at.join(".")}" ` : ""}in the composer of workflow "${id}"`;
  // Here, where it can be seen that it has no JSON.
  copyNamed(value, what);
  const copy = createCopier();
  return () => copyNamed(value, what, copy);
}

/** Whether JSON keeps what there is to an instance: it says so itself, or has no functions. */
function isData(value: object): boolean {
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return true;
  for (let part: object | null = value; part && part !== Object.prototype; part = Object.getPrototypeOf(part) as object | null)
    for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(part)))
      if (key !== "constructor" && (property.get || typeof property.value === "function")) return false;
  return true;
}

/** Within what is no plain object nobody would replace them. */
function refuseReferences(value: object, owner: TemplateOwner, container: string, depth = 0): void {
  for (const part of partsOf(value)) {
    const reference = referenceOf(part);
    if (reference) throw composeErrors.referenceInside(owner.id, nameOf(reference), container);
    // What lies deeper than anyone writes in a composer is something else, such as a service.
    if (typeof part === "object" && part !== null && depth < 3) refuseReferences(part, owner, container, depth + 1);
  }
}

function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set || Array.isArray(value)) return value;
  // Without calling a getter.
  return Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value as unknown);
}

/** `Map`, or the name of whatever class it is of. */
const kindOf = (value: object): string => (value.constructor as { name?: string } | undefined)?.name || "object";

function readSlot(reading: Reading): Resolve {
  const { index } = reading.slot;
  const copy = createCopier();
  return ({ slots, moves }) => (moves && reading.isLast ? slots[index] : copy(slots[index]));
}

function readPath(reading: Reading): Resolve {
  const { slot, path } = reading;
  const { index } = slot;
  const copy = createCopier();
  return ({ slots, moves }) => {
    let value = slots[index];
    for (const key of path) {
      if (value === null || value === undefined) return undefined;
      value = (value as Record<string, unknown>)[key];
    }
    if (typeof value === "function") return undefined;
    return moves && reading.isLast ? value : copy(value);
  };
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
