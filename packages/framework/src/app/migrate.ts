import { existsSync } from "node:fs";
import { join } from "node:path";
import { generateMigration, pendingMigrations, rollbackMigrations, runMigrations } from "@velella/data";
import type { GeneratedMigration, RenameAnswer } from "@velella/data";
import type { SqlConnection } from "@velella/kernel";
import type { FileLoader } from "../loading/file-loader";
import type { LinkSpec } from "../links/link-spec";
import { planLinkSync, syncLinks } from "../links/sync-links";
import type { LoadedModule } from "../modules/load-modules";
import { appErrors } from "./errors";

export interface MigrationTargets {
  connection: SqlConnection;
  modules: readonly LoadedModule[];
  links: readonly LinkSpec[];
  loader: FileLoader;
}

const folderOf = (module: LoadedModule) => (module.directory ? join(module.directory, "migrations") : undefined);

function modulesWithMigrations({ modules, loader }: MigrationTargets, only?: readonly string[]) {
  return modules.flatMap((module) => {
    const directory = folderOf(module);
    if (!directory || !existsSync(directory) || (only?.length && !only.includes(module.key))) return [];
    return [{ module: module.key, directory, load: (file: string) => loader.load(file) }];
  });
}

/** Applies what is pending; returns `module/Migration…` for each. */
export async function migrateModules(targets: MigrationTargets): Promise<string[]> {
  const applied = await runMigrations({ connection: targets.connection, modules: modulesWithMigrations(targets) });
  return applied.map(({ module, name }) => `${module}/${name}`);
}

/** Makes and changes the tables of links; returns a line for each that was not right already. */
export async function migrateLinks(targets: MigrationTargets): Promise<string[]> {
  const lines: string[] = [];
  await syncLinks(targets.connection, targets.links, { onPlan: (plan) => lines.push(...plan) });
  return lines;
}

/** Undoes the last migrations; of all modules, or of those named. */
export async function rollbackModules(targets: MigrationTargets, only: readonly string[]): Promise<string[]> {
  const undone = await rollbackMigrations({ connection: targets.connection, modules: modulesWithMigrations(targets, only) });
  return undone.map(({ module, name }) => `${module}/${name}`);
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
  const session = await connection.session();
  try {
    await session.query("select pg_advisory_lock(hashtextextended('velella:seed', 0))");
    await seed();
  } finally {
    await session.release();
  }
}

/** Refuses a database that is behind the code. */
export async function requireMigrated(targets: MigrationTargets): Promise<void> {
  const pending = await pendingMigrations({ connection: targets.connection, modules: modulesWithMigrations(targets) });
  if (pending.length) throw appErrors.notMigrated(pending.map(({ module, name }) => `${module}/${name}`));
  const tables = targets.links.filter((link) => link.kind === "table");
  const missing = (await planLinkSync(targets.connection, tables)).filter(({ action }) => action === "create" || action === "update");
  if (missing.length) throw appErrors.linksNotSynced(missing.map(({ table }) => table));
}
