import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { managerFor } from "@velella/data";
import { asFunction, asValue, createAppRegistries, createContainer, createLogger } from "@velella/kernel";
import type { Logger } from "@velella/kernel";
import { createWorkflowEngine } from "@velella/workflows";
import { loadConfig } from "../config/load-config";
import { EventBusService } from "../events/event-bus";
import { loadSubscribers } from "../events/load-subscribers";
import { HttpServer } from "../http/http-server";
import { PostgresSessionStore } from "../http/session/postgres-session-store";
import { loadJobs } from "../jobs/load-jobs";
import { LinkService } from "../links/link-service";
import { linkRegistryKind } from "../links/link-registry";
import { resolveLinks } from "../links/resolve-links";
import { discoverAppFiles } from "../loading/discover";
import { createFileLoader } from "../loading/file-loader";
import { loadModules } from "../modules/load-modules";
import { buildGraph } from "../query/build-graph";
import { createQuery } from "../query/create-query";
import type { App, AppMode } from "./app";
import type { AppDefaults } from "./app-defaults";
import { appErrors } from "./errors";
import { featureFlags } from "./feature-flags";
import { connectCaching, withFrameworkModules } from "./framework-modules";
import { loadLinks, loadWorkflows } from "./load-definitions";
import { generateForModules, migrateLinks, migrateModules, requireMigrated, rollbackModules, seedOnce } from "./migrate";
import type { MigrationTargets } from "./migrate";
import { knexOn } from "./knex-connection";
import { openDatabase } from "./open-database";
import { ContainerRegistrationKeys as Keys, FrameworkModules } from "./registration-keys";
import { Timings } from "./timings";

export interface CreateAppOptions {
  /** Folder of the app: its config lies there, and `src/`. */
  directory: string;
  mode: AppMode;
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
export async function createApp({ directory, mode, logger = createLogger(), resolveFallback, ...options }: CreateAppOptions): Promise<App> {
  const defaults = withFrameworkModules(options.defaults ?? {});
  const timings = new Timings();
  const registries = createAppRegistries();
  const loader = createFileLoader({ directory, registries, resolveFallback });
  const { config, file: configFile, modules: resolved, warnings } = await timings.measure("config", () => loadConfig({ directory, loader, defaults }));
  for (const warning of warnings) logger.warn(warning);
  const database = await timings.measure("database", () => openDatabase(config, directory, logger));
  const { connection } = database;

  try {
    const container = createContainer();
    const engine = createWorkflowEngine({
      connection,
      checkpoints: database.checkpoints,
      container,
      logger,
      registries,
      contextFor: (transaction) => ({ transactionManager: managerFor(transaction), manager: managerFor(transaction) }),
      mode: config.projectConfig.workerMode,
    });
    await timings.measure("container", () => {
      container.register({
        [Keys.LOGGER]: asValue(config.logger ?? logger),
        [Keys.CONFIG_MODULE]: asValue(config),
        [Keys.FEATURE_FLAG_ROUTER]: asValue(featureFlags(config.featureFlags)),
        [Keys.PG_CONNECTION]: asFunction(() => knexOn(database.url)).singleton().disposer((knex) => knex.destroy()),
        [FrameworkModules.WORKFLOW_ENGINE]: asValue(engine),
        [FrameworkModules.EVENT_BUS]: asValue(new EventBusService(engine)),
      });
    });

    const modules = await timings.measure("modules", () =>
      loadModules(resolved, {
        container,
        connection,
        logger,
        config,
        database: databaseOptions(database.url, config.projectConfig),
        resolveProvider: (request) => loader.loadNamed(request)?.exports,
      }),
    );
    const byKey = new Map(modules.map((module) => [module.key, module]));

    const links = await timings.measure("links", () => {
      loadLinks(directory, loader, defaults);
      return resolveLinks(registries.get(linkRegistryKind).all(), modules);
    });
    const link = new LinkService({ links, connection, service: (key) => byKey.get(key)!.service(), manager: managerFor });
    const graph = buildGraph({ modules: modules.map((module) => ({ ...module, connection, ...defaults.graph?.[module.key] })), links, connection });
    const query = createQuery({ graph, container, logger, strict: config.strict });
    container.register({
      [Keys.LINK]: asValue(link),
      [Keys.REMOTE_LINK]: asValue(link),
      [Keys.QUERY]: asValue(query),
      [Keys.REMOTE_QUERY]: asValue(query),
    });
    defaults.register?.(container);

    const targets: MigrationTargets = { connection, modules, links, loader };
    if (mode !== "migrate") await timings.measure("migrations check", () => requireMigrated(targets));
    await timings.measure("workflows", () => loadWorkflows(directory, loader, defaults));

    const serves = mode === "develop" || mode === "start";
    connectCaching(container, modules, serves ? engine : undefined);
    if (serves) {
      await timings.measure("events and jobs", () => {
        loadSubscribers(discoverAppFiles(directory, "subscribers"), loader.load, engine, container);
        loadJobs(discoverAppFiles(directory, "jobs"), loader.load, engine, container);
      });
    }
    const sessionStore = new PostgresSessionStore(connection);
    const http = new HttpServer({
      container,
      logger,
      config: config.projectConfig,
      sections: defaults.sections,
      sessionStore,
      load: loader.load,
    });
    await timings.measure("http", () => (mode === "exec" || mode === "migrate" ? undefined : addRoutes(http, directory, defaults)));
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
      get routes() {
        return http.routes();
      },
      async migrate() {
        await engine.migrate();
        await sessionStore.migrate();
        const migrations = await migrateModules(targets);
        const changes = await migrateLinks(targets);
        await seedOnce(connection, async () => defaults.seed?.(container));
        return { migrations, links: changes };
      },
      syncLinks: () => migrateLinks(targets),
      rollback: (only) => rollbackModules(targets, only),
      generate: (only, options) => generateForModules(targets, only, { importFrom: migrationImport(configFile), ...options }),
      async start(listen = {}) {
        await engine.start();
        const { host = "localhost", port } = await http.listen({ ...listen, port: listen.port ?? defaultPort() });
        loader.save();
        logger.debug(`Boot: ${timings.toString()}`);
        return { url: `http://${listen.host ?? (host.includes(":") ? "localhost" : host)}:${port}` };
      },
      async stop() {
        await http.close();
        await engine.stop();
        await container.dispose();
        await database.close();
        loader.close();
      },
    };
  } catch (error) {
    await database.close();
    loader.close();
    throw error;
  }
}

/** An app that goes by the names of the facades gets migrations that do, too. */
function migrationImport(configFile: string): string {
  return basename(configFile).startsWith("medusa-config") ? "@medusajs/framework/mikro-orm/migrations" : "@velella/data";
}

/** The port that `PORT` names, or 9000. */
function defaultPort(): number {
  const { PORT } = process.env;
  if (PORT === undefined || PORT === "") return 9000;
  const port = Number(PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw appErrors.badPort(PORT);
  return port;
}

function addRoutes(http: HttpServer, directory: string, defaults: AppDefaults): void {
  if (defaults.apiDirectory) http.addRoutes(defaults.apiDirectory, { lazy: true, load: (file) => require(file) as unknown });
  const api = join(directory, "src", "api");
  if (existsSync(api)) http.addRoutes(api);
  const middlewares = discoverAppFiles(directory, "api", /^middlewares$/).find((file) => join(file, "..") === api);
  if (middlewares) http.useMiddlewares(middlewares);
  http.compile();
}

/** What a module's options say of the database. */
function databaseOptions(clientUrl: string, { databaseDriverOptions }: { databaseDriverOptions: Record<string, unknown> }): Record<string, unknown> {
  return { clientUrl, schema: "", driverOptions: { connection: { ssl: false }, ...databaseDriverOptions }, pool: {}, debug: false };
}

