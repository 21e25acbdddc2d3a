import { createConnection, createRepository, createTablesSql, ModuleService, specOf } from "@velella/data";
import type { AnyEntity } from "@velella/data";
import { asValue, createContainer, silentLogger } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { createTestDatabase } from "@velella/data/testing";
import { CachingService } from "../../caching/caching-service";
import { MemoryCache } from "../../caching/memory-cache";
import type { GraphModule } from "../graph";

/** Models that only one test file has, with their tables in a database of their own. */
export type OwnModels<Models extends Record<string, AnyEntity>> = Awaited<ReturnType<typeof openModels<Models>>>;

/** Makes the tables of models, their service, and the module of a graph that has it, called "fleet". */
export async function openModels<const Models extends Record<string, AnyEntity>>(models: Models) {
  const database = await createTestDatabase();
  const connection = createConnection({ url: database.url });
  const specs = Object.values(models).map(specOf);
  for (const statement of createTablesSql(specs)) await connection.query(statement);
  const Service = ModuleService(models);
  const service = new Service({ baseRepository: createRepository(connection) });
  const module: GraphModule = { key: "fleet", models: specs, service: () => service, connection };
  const close = async () => {
    await connection.close();
    await database.drop();
  };
  return { connection, service, module, close };
}

/** A cache in memory, and a container that has it. @param models Those that tell it of their changes, by name. */
export function memoryCaching(models: readonly string[] = []): { caching: CachingService; container: Container } {
  const provider = { id: "memory", identifier: "memory", isDefault: true, options: {}, service: new MemoryCache() };
  const caching = new CachingService({ cachingProviders: [provider], logger: silentLogger() });
  caching.useModels([...models]);
  const container = createContainer();
  container.register({ caching: asValue(caching) });
  return { caching, container };
}
