import { composeErrors } from "../errors/workflow-errors";
import type { Slot } from "./plan";

/** What a proxy in a composer stands for: a value of the run, and a path into it. */
export interface Reference {
  readonly slot: Slot;
  readonly path: readonly string[];
}

const references = new WeakMap<object, Reference>();

/** Functions that a reference offers beside the data it stands for, such as `config` of a step. */
export type ReferenceMethods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A proxy that stands for a value of a run. Reading a property of it gives a reference to that property. */
export function createReference(slot: Slot, path: readonly string[] = [], methods?: ReferenceMethods): object {
  const reference: Reference = { slot, path };
  const children = new Map<string, object>();
  const misuse = (use: string) => composeErrors.coercion(slot.owner.id, nameOf(reference), use);
  const proxy = new Proxy(target, {
    get(_target, key) {
      if (typeof key === "symbol") {
        if (key === Symbol.toPrimitive) throw misuse("turned into a string or a number");
        if (key === Symbol.iterator || key === Symbol.asyncIterator) throw misuse("iterated");
        return undefined;
      }
      if (methods && Object.hasOwn(methods, key)) return methods[key];
      // Or it would pass for a promise, and hang whoever awaits it.
      if (key === "then") return undefined;
      if (key === "toString" || key === "valueOf" || key === "toJSON" || key === "toLocaleString")
        throw misuse("turned into a string or a number");
      let child = children.get(key);
      if (!child) children.set(key, (child = createReference(slot, [...path, key])));
      return child;
    },
    has(_target, key) {
      // By symbols others ask what kind of thing it is.
      if (typeof key === "symbol") return false;
      throw misuse(`asked for a property ("${key}" in …)`);
    },
    ownKeys() {
      throw misuse("spread, or its keys are read,");
    },
    set(_target, key) {
      throw misuse(`changed (.${String(key)})`);
    },
    deleteProperty(_target, key) {
      throw misuse(`changed (.${String(key)})`);
    },
    apply() {
      throw misuse("called as a function");
    },
    getPrototypeOf: () => Object.prototype,
  });
  references.set(proxy, reference);
  return proxy;
}

// A function, so that calling a method of the data is caught as well.
const target = () => undefined;

/** What a proxy stands for, or undefined for every other value. */
export function referenceOf(value: unknown): Reference | undefined {
  return (typeof value === "function" || typeof value === "object") && value !== null ? references.get(value) : undefined;
}

/** The reference as its author wrote it: `input.items.0.id`. */
export function nameOf({ slot, path }: Reference): string {
  return [slot.name, ...path].join(".");
}
