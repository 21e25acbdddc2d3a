import { createRepository, modelServices, specOf } from "@velella/data";
import type { AnyEntity, BaseRepository, ModelSpec } from "@velella/data";
import { AppError, asFunction, asValue, createContainer } from "@velella/kernel";
import type { Container, Logger, SqlConnection } from "@velella/kernel";
import { moduleErrors } from "./errors";
import type { ModuleExports } from "./module";
import type { ProviderResolver } from "./providers";

/** A module of the config, with its code loaded. */
export interface ResolvedModule {
  /** Name in the container and in links. */
  key: string;
  exports: ModuleExports;
  options: Record<string, unknown>;
  /** Names of the app's container that the module's own container gets too. */
  dependencies: readonly string[];
  /** Folder of the module; its migrations lie in `migrations/` there. */
  directory?: string;
  /** Its file; undefined for modules that no file was looked for. */
  file?: string;
  /** How the config names it, for messages and imports. */
  source: string;
}

/** A module that is ready to use. */
export interface LoadedModule {
  key: string;
  entities: readonly AnyEntity[];
  models: readonly ModelSpec[];
  container: Container;
  /**
   * The database of its tables: the app's, or that of the `baseRepository` which one of its loaders registered. Undefined
   * for a module without models, whose methods are its only source.
   */
  connection: SqlConnection | undefined;
  directory?: string;
  /** The service, constructed when it is first asked for. */
  service(): object;
}

/** What every module of an app gets. `connection` is the app's database, for modules that bring none. */
export interface ModuleEnvironment {
  /** The app's container: services are registered there under their module's key. */
  container: Container;
  connection: SqlConnection;
  logger: Logger;
  /** Added to every module's options as `database`. */
  database: Record<string, unknown>;
  /** Loads a file or package that the config names; registered in module containers as `resolveProvider`. */
  resolveProvider: ProviderResolver;
  /** The app's config, registered in module containers as `configModule`. */
  config: unknown;
  /** A name that services would ignore is an error. Default: false. */
  strict?: boolean;
  /** Warn of names that services ignore. Default: unless NODE_ENV is `production`. */
  warn?: boolean;
}

/** Loads modules in the order given: container, loaders, service. */
export async function loadModules(modules: readonly ResolvedModule[], environment: ModuleEnvironment): Promise<LoadedModule[]> {
  const keys = new Map<string, string>();
  for (const { key, source } of modules) {
    const other = keys.get(key);
    if (other !== undefined) throw moduleErrors.duplicateKey(key, other, source);
    keys.set(key, source);
  }
  const { strict = false, warn = process.env.NODE_ENV !== "production", logger } = environment;
  const unknownNames = { strict, warn: (line: string) => logger.warn(line) };
  const repository = createRepository(environment.connection, strict || warn ? { unknownNames } : {});
  const loaded: LoadedModule[] = [];
  for (const module of modules) loaded.push(await loadModule(module, repository, environment, keys));
  return loaded;
}

async function loadModule(
  module: ResolvedModule,
  repository: BaseRepository,
  environment: ModuleEnvironment,
  keys: Map<string, string>,
): Promise<LoadedModule> {
  const entities = Object.values(module.exports.service.$modelObjects ?? {});
  const models = entities.map(specOf);
  const options = { ...module.options, database: environment.database };
  const container = createContainer();
  container.register({
    logger: asValue(environment.logger),
    configModule: asValue(environment.config),
    resolveProvider: asValue(environment.resolveProvider),
    baseRepository: asValue(repository),
  });
  for (const [name, service] of Object.entries(modelServices(models, repository))) container.register(name, asValue(service));
  for (const dependency of module.dependencies) {
    if (!keys.has(dependency) && !environment.container.hasRegistration(dependency))
      throw moduleErrors.missingDependency(module.key, dependency);
    container.register(dependency, asFunction(() => environment.container.resolve(dependency)).transient());
  }
  await runLoaders(module, container, options, environment.logger);
  const own = container.resolve<BaseRepository>("baseRepository");
  if (own !== repository)
    for (const [name, service] of Object.entries(modelServices(models, own))) container.register(name, asValue(service));

  let instance: object | undefined;
  const service = () => (instance ??= new module.exports.service(container.cradle, options));
  environment.container.register(
    module.key,
    asFunction(service)
      .singleton()
      .disposer((used: { dispose?(): Promise<void> | void }) => used.dispose?.()),
  );
  const connection = models.length > 0 ? own.connection : undefined;
  return { key: module.key, entities, models, container, connection, directory: module.directory, service };
}

async function runLoaders(module: ResolvedModule, container: Container, options: Record<string, unknown>, logger: Logger): Promise<void> {
  for (const loader of module.exports.loaders) {
    try {
      await loader({ container, options, logger });
    } catch (error) {
      const failure = moduleErrors.loaderFailed(module.key, error instanceof Error ? error.message : String(error));
      failure.cause = error;
      // What to do next is no other for having happened in a loader.
      if (AppError.isAppError(error) && error.hint !== undefined) failure.hint = error.hint;
      throw failure;
    }
  }
}
