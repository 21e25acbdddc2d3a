import { managerFor } from "@velella/data";
import { asFunction, asValue, createContainer } from "@velella/kernel";
import type { Container, Logger, Registries } from "@velella/kernel";
import { createWorkflowEngine } from "@velella/workflows";
import type { WorkflowEngine } from "@velella/workflows";
import type { Config } from "../config/config-schema";
import { EventBusService } from "../events/event-bus";
import { featureFlags } from "./feature-flags";
import { knexOn } from "./knex-connection";
import type { OpenDatabase } from "./open-database";
import { ContainerRegistrationKeys as Keys, FrameworkModules } from "./registration-keys";

const searchPath = (schema: string | undefined) => (schema ? { options: `-c search_path="${schema}",public` } : {});

/** The container of an app with what does not depend on its modules, and the workflow engine that works in it. */
export function assembleContainer(
  config: Config,
  database: OpenDatabase,
  registries: Registries,
  logger: Logger,
): { container: Container; engine: WorkflowEngine } {
  const container = createContainer();
  const engine = createWorkflowEngine({
    connection: database.connection,
    checkpoints: database.checkpoints,
    container,
    logger,
    registries,
    contextFor: (transaction) => {
      const manager = managerFor(transaction);
      return { transactionManager: manager, manager };
    },
    mode: config.projectConfig.workerMode,
    secret: config.projectConfig.http.cookieSecret,
    leaseConnection: { connectionString: database.url, ...searchPath(config.projectConfig.databaseSchema) },
  });
  container.register({
    [Keys.LOGGER]: asValue(config.logger ?? logger),
    [Keys.CONFIG_MODULE]: asValue(config),
    [Keys.FEATURE_FLAG_ROUTER]: asValue(featureFlags(config.featureFlags)),
    [Keys.PG_CONNECTION]: asFunction(() => knexOn(database.url))
      .singleton()
      .disposer((knex) => knex.destroy()),
    [FrameworkModules.WORKFLOW_ENGINE]: asValue(engine),
    [FrameworkModules.EVENT_BUS]: asValue(new EventBusService(engine)),
  });
  return { container, engine };
}
