import { copyPart, deepest, jsonCopy } from "./json-copy";

/** Copies with the meaning of `JSON.parse(JSON.stringify(value))`. */
export type Copier = (value: unknown) => unknown;

/** Objects with the same keys in the same order, and a function made for them. */
interface Shape {
  readonly keys: readonly string[];
  /** Undefined for an object that holds something which JSON leaves out. */
  copy(value: object, depth: number): object | undefined;
}

/** A place where values of few shapes are copied again and again. */
class Site {
  readonly shapes: Shape[] = [];
  /** How many objects came that have none of the shapes. */
  strangers = 0;
  private inner: Site | undefined;

  /** The place of the items, where arrays come. */
  get items(): Site {
    return (this.inner ??= new Site());
  }
}

const shapesPerSite = 4;
const keysPerShape = 64;
/** A place is used so often before a function is made for it, for that takes as long as a hundred copies. */
const strangersBefore = 8;
/** A function takes some kilobytes; this bounds what a process gives to them. */
let shapesLeft = 5000;

const copiers = new WeakMap<object, Copier>();

/**
 * A {@link jsonCopy} for one place of a program, where values have the same keys nearly every time, as what a step returns.
 * Several times as fast, because the functions that it makes for those keys build their objects as a literal does, and not
 * key by key.
 */
export function createCopier(): Copier {
  const site = new Site();
  return (value) => (typeof value === "object" && value !== null ? copyAt(site, value, "", 0) : jsonCopy(value));
}

/** The copier that belongs to something: always the same. */
export function copierOf(owner: object): Copier {
  let copier = copiers.get(owner);
  if (!copier) copiers.set(owner, (copier = createCopier()));
  return copier;
}

function copyAt(site: Site, value: object, key: string | number, depth: number): unknown {
  if (depth > deepest || (value as { toJSON?: unknown }).toJSON !== undefined) return copyPart(value, String(key), depth);
  if (Array.isArray(value)) return copyArray(site.items, value, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return copyPart(value, String(key), depth);
  return shapeOf(site, value)?.copy(value, depth) ?? copyPart(value, String(key), depth);
}

function copyArray(site: Site, value: readonly unknown[], depth: number): unknown[] {
  const { length } = value;
  const copied = new Array<unknown>(length);
  for (let i = 0; i < length; i++) {
    const item = copyMember(site, value[i], i, depth);
    copied[i] = item === undefined ? null : item;
  }
  return copied;
}

function copyMember(site: Site, value: unknown, key: string | number, depth: number): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "object":
      return value === null ? null : copyAt(site, value, key, depth + 1);
    default:
      return copyPart(value, String(key), depth + 1);
  }
}

function shapeOf(site: Site, value: object): Shape | undefined {
  for (const shape of site.shapes) if (hasKeys(value, shape.keys)) return shape;
  if (site.shapes.length === shapesPerSite || site.strangers++ < strangersBefore) return undefined;
  const shape = makeShape(Object.keys(value));
  if (shape) site.shapes.push(shape);
  return shape;
}

function hasKeys(value: object, keys: readonly string[]): boolean {
  let i = 0;
  for (const key in value) if (keys[i++] !== key) return false;
  return i === keys.length;
}

function makeShape(keys: readonly string[]): Shape | undefined {
  // In a literal, `__proto__` sets the prototype.
  if (shapesLeft <= 0 || keys.length > keysPerShape || keys.includes("__proto__")) return undefined;
  const names = keys.map((key) => JSON.stringify(key));
  const reads = names.map(
    (name, i) => `let v${i} = value[${name}]; if (typeof v${i} !== "string") v${i} = member(sites[${i}], v${i}, ${name}, depth);`,
  );
  const isAbsent = names.map((_, i) => `v${i} === undefined`).join(" || ") || "false";
  const literal = names.map((name, i) => `${name}: v${i}`).join();
  const body = `return (value, depth) => { ${reads.join("\n")} if (${isAbsent}) return undefined; return { ${literal} }; };`;
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- of keys quoted as JSON, and nothing else; a loop over them takes four times as long
    const copy = new Function("member", "sites", body)(
      copyMember,
      names.map(() => new Site()),
    ) as Shape["copy"];
    shapesLeft--;
    return { keys, copy };
  } catch (error) {
    // Node.js was told not to make code from strings.
    if (!(error instanceof EvalError)) throw error;
    shapesLeft = 0;
    return undefined;
  }
}
