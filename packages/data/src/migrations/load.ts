import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, extname, join } from "node:path";
import type { AnyEntity } from "../model/entity";
import { migrationErrors } from "./errors";
import type { MigrationClass } from "./migration";

/** A migration of a module, ready to be made. */
export interface NamedMigration {
  readonly name: string;
  /** Path of its file, or its name where it has none. */
  readonly file: string;
  load(): Promise<MigrationClass>;
}

/** Where the migrations of a module are: a folder, or classes by name. */
export interface ModuleMigrations {
  /** Name of the module, under which its migrations are recorded. */
  readonly module: string;
  /** Folder with the migration files. A folder that does not exist has no migrations. */
  readonly directory?: string;
  /** The module's models: by their tables a database is known that another system has migrated. */
  readonly models?: readonly AnyEntity[];
  /** Classes instead of files; they are recorded by the name given here, or by the name of the class. */
  readonly migrations?: readonly MigrationClass[] | Readonly<Record<string, MigrationClass>>;
}

/** Loads a file with its exports. The default requires it, which is all that compiled files need. */
export type LoadModule = (file: string) => unknown;

const requireFile: LoadModule = (file) => createRequire(file)(file);

/** The migrations of a module in the order in which they run: by name. */
export async function findMigrations(source: ModuleMigrations, load: LoadModule = requireFile): Promise<NamedMigration[]> {
  const found = new Map<string, NamedMigration>();
  for (const [name, migration] of classes(source)) found.set(name, { name, file: name, load: () => Promise.resolve(migration) });
  for (const file of await migrationFiles(source.directory)) {
    const name = basename(file, extname(file));
    found.set(name, { name, file, load: () => loadClass(source.module, file, load) });
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function classes({ migrations = {} }: ModuleMigrations): [string, MigrationClass][] {
  return Array.isArray(migrations)
    ? migrations.map((migration: MigrationClass) => [migration.name, migration])
    : Object.entries(migrations as Readonly<Record<string, MigrationClass>>);
}

/** Compiled and source files of one name are one migration; the compiled one is taken. */
async function migrationFiles(directory: string | undefined): Promise<string[]> {
  if (directory === undefined) return [];
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const isMigration = (name: string) => /^[^.].*\.(js|cjs|ts)$/.test(name) && !/\.d\.ts$|\.(test|spec)\.|^index\./.test(name);
  const rank = (name: string) => (name.endsWith(".ts") ? 0 : 1);
  return names
    .filter(isMigration)
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => join(directory, name));
}

async function loadClass(module: string, file: string, load: LoadModule): Promise<MigrationClass> {
  let exported: unknown;
  try {
    exported = await load(file);
  } catch (cause) {
    throw migrationErrors.unloadable(module, file, cause instanceof Error ? cause.message : String(cause));
  }
  const values = typeof exported === "function" ? [exported] : Object.values((exported ?? {}) as object);
  // By shape rather than by ancestry, so that a file may get its base class from another copy of this package.
  const found = values.find((value) => typeof value === "function" && typeof value.prototype?.up === "function");
  if (!found) throw migrationErrors.unloadable(module, file, "it exports no migration class");
  return found as MigrationClass;
}
