import { existsSync } from "node:fs";
import { join } from "node:path";
import { generateMigration, pendingMigrations, rollbackMigrations, runMigrations, underLock } from "@velella/data";
import type { GeneratedMigration, LoadModule, ModuleMigrations, RenameAnswer } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import type { FileLoader } from "../loading/file-loader";
import type { LinkSpec } from "../links/link-spec";
import { planLinkSync, syncLinks } from "../links/sync-links";
import type { LoadedModule } from "../modules/load-modules";
import { appErrors } from "./errors";
import { knexInside } from "./knex-connection";

export interface MigrationTargets {
  connection: SqlConnection;
  modules: readonly LoadedModule[];
  links: readonly LinkSpec[];
  loader: FileLoader;
}

const folderOf = (module: LoadedModule) => (module.directory ? join(module.directory, "migrations") : undefined);

/** The modules that have migrations, by the database that their tables lie in. */
function modulesWithMigrations({ modules, connection }: MigrationTargets, only?: readonly string[]) {
  const byConnection = new Map<SqlConnection, ModuleMigrations[]>([[connection, []]]);
  for (const module of modules) {
    const directory = folderOf(module);
    if (!directory || !existsSync(directory) || (only?.length && !only.includes(module.key))) continue;
    const database = module.connection ?? connection;
    const group = byConnection.get(database) ?? [];
    group.push({ module: module.key, directory, models: module.entities });
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

/** Makes and changes the tables of links; returns a line for each that was not right already. */
export async function migrateLinks(targets: MigrationTargets): Promise<string[]> {
  const lines: string[] = [];
  await syncLinks(targets.connection, targets.links, { onPlan: (plan) => lines.push(...plan) });
  return lines;
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

/** Several processes may migrate at once; only one of them looks what is missing and puts it in. */
export async function seedOnce(connection: SqlConnection, seed: () => Promise<void>): Promise<void> {
  await underLock(connection, "hashtextextended('velella:seed', 0)", seed);
}

/** Refuses a database that is behind the code. */
export async function requireMigrated(targets: MigrationTargets): Promise<void> {
  const pending = await eachDatabase(targets, undefined, pendingMigrations);
  if (pending.length) throw appErrors.notMigrated(pending);
  const tables = targets.links.filter((link) => link.kind === "table");
  const missing = (await planLinkSync(targets.connection, tables)).filter(({ action }) => action === "create" || action === "update");
  if (missing.length) throw appErrors.linksNotSynced(missing.map(({ table }) => table));
}
