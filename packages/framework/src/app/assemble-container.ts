import { managerFor } from "@velella/data";
import { asFunction, asValue, createContainer } from "@velella/kernel";
import type { Container, Logger, Registries } from "@velella/kernel";
import { createWorkflowEngine } from "@velella/workflows";
import type { WorkflowEngine } from "@velella/workflows";
import type { Config } from "../config/config-schema";
import { engineSettings } from "../config/workflow-settings";
import { EventBusService } from "../events/event-bus";
import { eventTransportOf } from "../events/event-transport";
import { featureFlags } from "./feature-flags";
import { knexOn } from "./knex-connection";
import { leaseConnection } from "./open-database";
import type { OpenDatabase } from "./open-database";
import { ContainerRegistrationKeys as Keys, FrameworkModules } from "./registration-keys";

/**
 * The container of an app with what does not depend on its modules, and the workflow engine that works in it.
 *
 * @param serves Whether the app delivers events and runs jobs, where its worker mode has it do so.
 */
export function assembleContainer(
  config: Config,
  database: OpenDatabase,
  registries: Registries,
  logger: Logger,
  serves: boolean,
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
    // A script knows no subscribers and no jobs, so it must not take events and runs from the processes that do.
    mode: serves ? config.projectConfig.workerMode : "server",
    sessionLock: database.sessions,
    secret: config.projectConfig.http.cookieSecret,
    transport: eventTransportOf(config.projectConfig),
    leaseConnection: leaseConnection(database, logger),
    ...engineSettings(config.projectConfig.workflows),
  });
  container.register({
    [Keys.LOGGER]: asValue(config.logger ?? logger),
    [Keys.CONFIG_MODULE]: asValue(config),
    [Keys.FEATURE_FLAG_ROUTER]: asValue(featureFlags(config.featureFlags)),
    [Keys.PG_CONNECTION]: asFunction(() => knexOn(database.options))
      .singleton()
      .disposer((knex) => knex.destroy()),
    [FrameworkModules.WORKFLOW_ENGINE]: asValue(engine),
    [FrameworkModules.EVENT_BUS]: asValue(new EventBusService(engine, config.logger ?? logger)),
  });
  return { container, engine };
}
