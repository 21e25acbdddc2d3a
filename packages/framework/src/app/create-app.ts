import { basename } from "node:path";
import { createAppRegistries, createLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import type { Config } from "../config/config-schema";
import { loadConfig } from "../config/load-config";
import { HttpServer } from "../http/http-server";
import { PostgresSessionStore } from "../http/session/postgres-session-store";
import { linkRegistryKind } from "../links/link-registry";
import { createFileLoader } from "../loading/file-loader";
import { migrateLocks } from "../locking/postgres-lock-store";
import { loadModules } from "../modules/load-modules";
import type { App, AppMode } from "./app";
import type { AppDefaults } from "./app-defaults";
import { assembleContainer } from "./assemble-container";
import { Closing } from "./closing";
import { connectModules } from "./connect-modules";
import { declareTypes } from "./declare-types";
import { connectCaching, withFrameworkModules } from "./framework-modules";
import { loadAutomation, loadLinks, loadWorkflows } from "./load-definitions";
import { diffModules, generateForModules, migrateLinks, migrateModules, oneAtATime, requireMigrated, rollbackModules } from "./migrate";
import type { MigrationTargets } from "./migrate";
import { openDatabase } from "./open-database";
import { addRoutes, listen } from "./serve";
import { Timings } from "./timings";

/** Which app {@link createApp} boots, and what for. */
export interface CreateAppOptions {
  /** Folder of the app: its config lies there, and `src/`. */
  directory: string;
  /** `develop` and `start` serve, and run events and jobs; see {@link AppMode}. */
  mode: AppMode;
  /** Default: one that writes to standard output, by `LOG_LEVEL`. A `logger` in the config takes its place in the container. */
  logger?: Logger;
  /** What every app has; nothing by default. */
  defaults?: AppDefaults;
  /** Finds packages that Node does not find from the app's folder. */
  resolveFallback?: (request: string) => string | undefined;
}

/**
 * Boots an app in stages: config, database, container, modules, links, migrations check, workflows and hooks, events
 * and jobs, http. Whatever was opened is closed again when a stage fails.
 */
export async function createApp(options: CreateAppOptions): Promise<App> {
  const closing = new Closing();
  try {
    return await boot(options, closing);
  } catch (error) {
    await closing.run();
    throw error;
  }
}

async function boot(
  { directory, mode, logger = createLogger(), resolveFallback, ...options }: CreateAppOptions,
  closing: Closing,
): Promise<App> {
  const serves = mode === "develop" || mode === "start";
  const defaults = withFrameworkModules(options.defaults ?? {});
  const timings = new Timings();
  const registries = createAppRegistries();
  const loader = createFileLoader({ directory, registries, resolveFallback });
  closing.add(() => loader.close());

  const { config, file, modules: resolved, warnings } = await timings.measure("config", () => loadConfig({ directory, loader, defaults }));
  for (const warning of warnings) logger.warn(warning);

  const database = await timings.measure("database", () => openDatabase(config, directory, logger));
  closing.add(() => database.close());
  const { connection } = database;

  const { container, engine } = await timings.measure("container", () => assembleContainer(config, database, registries, logger, serves));
  closing.add(() => container.dispose());
  closing.add(() => engine.stop());

  const modules = await timings.measure("modules", () =>
    loadModules(resolved, {
      container,
      connection,
      logger,
      config,
      strict: config.strict,
      database: databaseOptions(database.url, config),
      resolveProvider: (request) => loader.loadNamed(request)?.exports,
    }),
  );

  const links = await timings.measure("links", () => {
    loadLinks(directory, loader, defaults);
    return connectModules(modules, { container, connection, logger, registries, graph: defaults.graph, strict: config.strict });
  });
  defaults.register?.(container);

  const targets: MigrationTargets = { connection, modules, links, loader };
  if (mode !== "migrate") await timings.measure("migrations check", () => requireMigrated(targets));
  await timings.measure("workflows", () => loadWorkflows(directory, loader, defaults));

  connectCaching(container, modules, serves ? engine : undefined);
  if (serves) await timings.measure("events and jobs", () => loadAutomation(directory, loader, engine, container));

  const sessionStore = new PostgresSessionStore(connection);
  const http = new HttpServer({
    container,
    logger,
    config: config.projectConfig,
    sections: defaults.sections,
    sessionStore,
    load: loader.load,
  });
  closing.add(() => http.close());
  if (serves) await timings.measure("http", () => addRoutes(http, directory, defaults));
  if (mode === "exec") await engine.start();

  return {
    directory,
    mode,
    config,
    container,
    connection,
    databaseUrl: database.url,
    registries,
    modules: modules.map(({ key }) => key),
    engine,
    logger,
    timings,
    http,
    load: loader.load,
    declareTypes() {
      const definitions = registries.get(linkRegistryKind).all();
      return declareTypes({ directory, configFile: file, modules: resolved, definitions, owns: loader.owns, defaults });
    },
    get routes() {
      return http.routes();
    },
    async migrate({ links: how = "safe" } = {}) {
      await oneAtATime(connection, "own tables", async () => {
        await engine.migrate();
        await sessionStore.migrate();
        await migrateLocks(connection);
      });
      const migrations = await migrateModules(targets);
      // The rows that every database has are linked with each other.
      if (how === "skip") return { migrations, links: [] };
      const changes = await migrateLinks(targets, how);
      await oneAtATime(connection, "seed", async () => defaults.seed?.(container));
      return { migrations, links: changes };
    },
    syncLinks: (how) => migrateLinks(targets, how),
    rollback: (only) => rollbackModules(targets, only),
    generate: (only, how) => generateForModules(targets, only, { importFrom: migrationImport(file), ...how }),
    diff: (only) => diffModules(targets, only),
    async start(where = {}) {
      await engine.start();
      const address = await listen(http, where);
      loader.save();
      logger.debug(`Boot: ${timings.toString()}`);
      return address;
    },
    stop: () => closing.run(),
  };
}

/** An app that goes by the names of the facades gets migrations that do, too. */
function migrationImport(configFile: string): string {
  return basename(configFile).startsWith("medusa-config") ? "@medusajs/framework/mikro-orm/migrations" : "@velella/data";
}

/** What a module's options say of the database. */
function databaseOptions(clientUrl: string, { projectConfig }: Config): Record<string, unknown> {
  return {
    clientUrl,
    schema: "",
    driverOptions: { connection: { ssl: false }, ...projectConfig.databaseDriverOptions },
    pool: {},
    debug: false,
  };
}
