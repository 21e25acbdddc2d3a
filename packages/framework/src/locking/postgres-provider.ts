import type { BaseRepository } from "@velella/data";
import type { Logger } from "@velella/kernel";
import { ModuleProvider } from "../modules/module-provider";
import { PostgresLockStore } from "./postgres-lock-store";
import { StoreLockProvider } from "./store-lock-provider";

const leaseMs = 30_000;

/** Locks among all processes that use the app's database: the default. */
export class PostgresLockProvider extends StoreLockProvider {
  static readonly identifier = "locking-postgres";

  constructor({ baseRepository, logger }: { baseRepository: BaseRepository; logger: Logger }) {
    super(new PostgresLockStore(baseRepository.connection), { leaseMs }, logger);
  }
}

export default ModuleProvider("locking", { services: [PostgresLockProvider] });
