import { managerFor } from "@velella/data";
import { asValue } from "@velella/kernel";
import type { Container, Logger, Registries, SqlConnection } from "@velella/kernel";
import { LinkService } from "../links/link-service";
import { linkRegistryKind } from "../links/link-registry";
import type { LinkSpec } from "../links/link-spec";
import { resolveLinks } from "../links/resolve-links";
import type { LoadedModule } from "../modules/load-modules";
import { buildGraph } from "../query/build-graph";
import { createQuery } from "../query/create-query";
import { cachingOf } from "../query/query-cache";
import type { AppDefaults } from "./app-defaults";
import { ContainerRegistrationKeys as Keys } from "./registration-keys";

/**
 * What {@link connectModules} works with. `connection` is the app's database, where the tables of links lie; `graph` the
 * names and computed fields that modules get beside their own, by the module's key.
 */
export interface ModuleConnections {
  container: Container;
  connection: SqlConnection;
  logger: Logger;
  registries: Registries;
  graph: AppDefaults["graph"];
  /** Makes an error of fields that nobody knows. */
  strict: boolean;
}

/** Makes the graph of all modules from the links that were defined, and registers `link` and `query`. */
export function connectModules(modules: readonly LoadedModule[], options: ModuleConnections): LinkSpec[] {
  const { container, connection, logger, strict } = options;
  const links = resolveLinks(options.registries.get(linkRegistryKind).all(), modules);
  const services = new Map(modules.map(({ key, service }) => [key, service]));
  const link = new LinkService({
    links,
    connection,
    service: (key) => services.get(key)!(),
    manager: managerFor,
    logger,
    strict,
    // Answers that show or follow links are not what they were.
    onChange: async (model, ids, sharedContext) => cachingOf(container)?.changed(model, ids, sharedContext),
  });
  const graph = buildGraph({
    modules: modules.map((module) => ({ ...module, ...options.graph?.[module.key] })),
    links,
    connection,
  });
  const query = createQuery({ graph, container, logger, strict });
  container.register({
    [Keys.LINK]: asValue(link),
    [Keys.REMOTE_LINK]: asValue(link),
    [Keys.QUERY]: asValue(query),
    [Keys.REMOTE_QUERY]: asValue(query),
  });
  return links;
}
