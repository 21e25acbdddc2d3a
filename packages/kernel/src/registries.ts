/**
 * Where definitions go when a file is loaded. `createWorkflow`, `defineLink` and their kin are plain calls at
 * the top of a module; what they define belongs to the app whose files are being loaded, and is keyed by
 * source file so that a reload replaces it.
 */

/** A collection of definitions that can forget what one file defined. */
export interface Registry {
  /** What other files defined stays. Called before a file is loaded again. */
  forget(file: string): void;
}

/** Names a kind of registry and makes the empty one. Definitions not found in an app are looked up in `parent`. */
export interface RegistryKind<T extends Registry> {
  /** Unique in the process: a registry is found by it, also by another copy of the package. */
  name: string;
  /** Called once per app, when the registry is first asked for. */
  create(parent: T | undefined): T;
}

/** The registries of one app, or those of the process (definitions of libraries, shared by all apps). */
export class Registries {
  private readonly byName = new Map<string, Registry>();

  constructor(private readonly parent?: Registries) {}

  /** The registry of a kind; made when it is first asked for, with that of the parent as its own. */
  get<T extends Registry>(kind: RegistryKind<T>): T {
    let found = this.byName.get(kind.name);
    if (!found) {
      found = kind.create(this.parent?.get(kind));
      this.byName.set(kind.name, found);
    }
    return found as T;
  }

  /** Removes everything that a source file defined. */
  forget(file: string): void {
    for (const registry of this.byName.values()) registry.forget(file);
  }
}

interface Scope {
  registries: Registries;
  file: string;
}

interface LoadingState {
  process: Registries;
  stack: Scope[];
}

// One state per process, even if a package manager installs two copies of this package.
const key = Symbol.for("velella.loading");
const holder = globalThis as unknown as Record<symbol, LoadingState | undefined>;
const state: LoadingState = (holder[key] ??= { process: new Registries(), stack: [] });

/** The registries of the process: what libraries define, and what is defined outside of any app. */
export function processRegistries(): Registries {
  return state.process;
}

/** A fresh set of registries for an app, falling back to those of the process. */
export function createAppRegistries(): Registries {
  return new Registries(state.process);
}

/** Loads a file of an app: what it defines goes to the app's registries, under the file's name. */
export function loadInto<T>(registries: Registries, file: string, load: () => T): T {
  state.stack.push({ registries, file });
  try {
    return load();
  } finally {
    state.stack.pop();
  }
}

/** The registries and file that definitions made now belong to. */
export function loadingScope(): Scope {
  return state.stack.at(-1) ?? { registries: state.process, file: "" };
}
