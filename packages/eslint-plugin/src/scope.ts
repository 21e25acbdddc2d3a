/** An object or array that the composer makes, by the names of what it holds. */
export interface Holder {
  readonly parts: Map<string, Meaning>;
}

/** A function whose source is known, and so what it gives back. */
export interface Callable {
  call(given: readonly Meaning[]): Meaning;
}

/** What a name stands for in a composer. `step`: called, it gives a reference. */
export type Meaning = "reference" | "step" | "other" | Holder | Callable;

/** Whether the names of what it holds are known. */
export const isHolder = (meaning: Meaning): meaning is Holder => typeof meaning === "object" && "parts" in meaning;

/** Whether the source of the function is known; a `"step"` can be called too, and is not meant. */
export const isCallable = (meaning: Meaning): meaning is Callable => typeof meaning === "object" && "call" in meaning;

/** Whether something is a reference, or holds one. */
export function holdsReference(meaning: Meaning): boolean {
  return meaning === "reference" || (isHolder(meaning) && [...meaning.parts.values()].some(holdsReference));
}

/** What is found under a name of something; a name that is not known counts only where it can be nothing but a reference. */
export function partOf(meaning: Meaning, name: string | undefined): Meaning {
  if (meaning === "reference") return "reference";
  if (!isHolder(meaning)) return "other";
  if (name !== undefined) return meaning.parts.get(name) ?? "other";
  return meaning.parts.size > 0 && [...meaning.parts.values()].every((part) => part === "reference") ? "reference" : "other";
}

/** What may be one or the other. */
export function either(one: Meaning, other: Meaning): Meaning {
  if (one === "reference" || other === "reference") return "reference";
  return one === "other" ? other : one;
}

/** The names of a function or block, and of those around it. */
export class Scope {
  private readonly meanings = new Map<string, Meaning>();

  constructor(private readonly outer?: Scope) {}

  inner(): Scope {
    return new Scope(this);
  }

  declare(name: string, meaning: Meaning): void {
    this.meanings.set(name, meaning);
  }

  /** Gives a name another meaning where it was declared. */
  assign(name: string, meaning: Meaning): void {
    if (this.meanings.has(name) || !this.outer) this.meanings.set(name, meaning);
    else this.outer.assign(name, meaning);
  }

  meaningOf(name: string): Meaning {
    return this.meanings.get(name) ?? this.outer?.meaningOf(name) ?? "other";
  }
}
