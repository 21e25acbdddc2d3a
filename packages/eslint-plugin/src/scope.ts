/** What a name stands for in a composer. `step`: called, it gives a reference. */
export type Meaning = "reference" | "step" | "other";

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
