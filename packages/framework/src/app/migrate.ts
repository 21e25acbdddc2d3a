import { existsSync } from "node:fs";
import { join } from "node:path";
import { findDrift, generateMigration, pendingMigrations, rollbackMigrations, runMigrations, underLock } from "@velella/data";
import type { Drift, GeneratedMigration, LoadModule, ModuleMigrations, RenameAnswer } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import type { FileLoader } from "../loading/file-loader";
import type { LinkSpec } from "../links/link-spec";
import { changeLinks, planLinkSync } from "../links/sync-links";
import type { LinkChange } from "../links/sync-links";
import type { LoadedModule } from "../modules/load-modules";
import type { LinkSyncMode } from "./app";
import { appErrors } from "./errors";
import { knexInside } from "./knex-connection";
import { requireOwnTables } from "./own-tables";

/** What of an app has tables. `connection` is the app's database; modules that have one of their own are migrated in that. */
export interface MigrationTargets {
  connection: SqlConnection;
  modules: readonly LoadedModule[];
  links: readonly LinkSpec[];
  loader: FileLoader;
}

const folderOf = (module: LoadedModule) => (module.directory ? join(module.directory, "migrations") : undefined);

function hasMigrations(module: LoadedModule): boolean {
  const directory = folderOf(module);
  return directory !== undefined && existsSync(directory);
}

/** Only modules with migrations make tables; the models of others lie elsewhere. `more`: those that are about to get some. */
function checkTables({ connection, modules, links }: MigrationTargets, more: readonly string[] = []): void {
  requireOwnTables({ connection, links, modules: modules.filter((module) => hasMigrations(module) || more.includes(module.key)) });
}

/** The modules that have migrations, by the database that their tables lie in. */
function modulesWithMigrations(targets: MigrationTargets, only?: readonly string[]) {
  checkTables(targets);
  const { modules, connection } = targets;
  const byConnection = new Map<SqlConnection, ModuleMigrations[]>([[connection, []]]);
  for (const module of modules) {
    if (!hasMigrations(module) || (only?.length && !only.includes(module.key))) continue;
    const database = module.connection ?? connection;
    const group = byConnection.get(database) ?? [];
    group.push({ module: module.key, directory: folderOf(module), models: module.entities });
    byConnection.set(database, group);
  }
  return byConnection;
}

/** Does something with the migrations of each database, one after another; gives `module/Migration…` for each that it returns. */
async function eachDatabase(
  targets: MigrationTargets,
  only: readonly string[] | undefined,
  work: (options: {
    connection: SqlConnection;
    modules: ModuleMigrations[];
    knex: typeof knexInside;
    load: LoadModule;
  }) => Promise<readonly { module: string; name: string; direction?: string }[]>,
): Promise<string[]> {
  const names: string[] = [];
  for (const [connection, modules] of modulesWithMigrations(targets, only)) {
    const done = await work({ connection, modules, knex: knexInside, load: (file) => targets.loader.load(file) });
    names.push(...done.map(({ module, name, direction }) => `${module}/${name}${direction === "adopt" ? " (taken over)" : ""}`));
  }
  return names;
}

/** Applies what is pending; returns `module/Migration…` for each, also for those that another system had applied. */
export function migrateModules(targets: MigrationTargets): Promise<string[]> {
  return eachDatabase(targets, undefined, runMigrations);
}

/** Makes and changes the tables of links; returns what became of each that was not right already. */
export async function migrateLinks(targets: MigrationTargets, mode: LinkSyncMode = "safe"): Promise<LinkChange[]> {
  checkTables(targets);
  return changeLinks(targets.connection, targets.links, mode);
}

/** Undoes the last migrations; of all modules, or of those named. */
export function rollbackModules(targets: MigrationTargets, only: readonly string[]): Promise<string[]> {
  return eachDatabase(targets, only, rollbackMigrations);
}

/** What `db:generate` found in one module. */
export type GenerateReport = GeneratedMigration & { readonly module: string };

/** Writes a migration for each module named whose models have changed. */
export async function generateForModules(
  targets: MigrationTargets,
  only: readonly string[],
  options: { importFrom: string; allowDestructive?: boolean; answers?: readonly RenameAnswer[] },
): Promise<GenerateReport[]> {
  const known = targets.modules.map(({ key }) => key);
  for (const key of only) if (!known.includes(key)) throw appErrors.unknownModule(key, known);
  checkTables(targets, only);
  const reports: GenerateReport[] = [];
  for (const module of targets.modules) {
    const directory = folderOf(module);
    if (!directory || !only.includes(module.key)) continue;
    reports.push({
      module: module.key,
      ...(await generateMigration({ module: module.key, models: module.entities, directory, ...options })),
    });
  }
  return reports;
}

/** What `db:diff` found: in the tables of modules, and in those of links. */
export interface DiffReport {
  /** Modules whose tables differ from their models. */
  readonly modules: readonly { readonly module: string; readonly drift: readonly Drift[] }[];
  /** A line for each table of a link that differs. */
  readonly links: readonly string[];
}

/** Compares the tables that are there with what models and links ask for; those of the modules named, or of all and of links. */
export async function diffModules(targets: MigrationTargets, only: readonly string[]): Promise<DiffReport> {
  checkTables(targets);
  const modules: { module: string; drift: Drift[] }[] = [];
  for (const { key, entities, connection } of targets.modules.filter(hasMigrations)) {
    if (only.length > 0 && !only.includes(key)) continue;
    const drift = await findDrift(connection ?? targets.connection, entities);
    if (drift.length > 0) modules.push({ module: key, drift });
  }
  const tables = only.length > 0 ? [] : targets.links.filter((link) => link.kind === "table");
  const plan = tables.length > 0 ? await planLinkSync(targets.connection, tables) : [];
  const links = plan
    .filter(({ action }) => action !== "noop")
    .map(({ table, action, notes }) => `${table}: ${[action, ...notes].join("; ")}`);
  return { modules, links };
}

/** Several processes may migrate at once; one at a time looks what is missing and puts it in. */
export async function oneAtATime(connection: SqlConnection, what: "own tables" | "seed", run: () => Promise<void>): Promise<void> {
  await underLock(connection, `hashtextextended('velella:${what}', 0)`, run);
}

/** Refuses a database that is behind the code. */
export async function requireMigrated(targets: MigrationTargets): Promise<void> {
  const pending = await eachDatabase(targets, undefined, pendingMigrations);
  if (pending.length) throw appErrors.notMigrated(pending);
  const tables = targets.links.filter((link) => link.kind === "table");
  const missing = (await planLinkSync(targets.connection, tables)).filter(({ action }) => action === "create" || action === "update");
  if (missing.length) throw appErrors.linksNotSynced(missing.map(({ table }) => table));
}
