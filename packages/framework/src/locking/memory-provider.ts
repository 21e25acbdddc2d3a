import type { Logger } from "@velella/kernel";
import { ModuleProvider } from "../modules/module-provider";
import { MemoryLockStore } from "./memory-lock-store";
import { StoreLockProvider } from "./store-lock-provider";

/** Locks within one process. Several processes do not see each other's. */
export class MemoryLockProvider extends StoreLockProvider {
  static readonly identifier = "in-memory";

  constructor({ logger }: { logger: Logger }) {
    super(new MemoryLockStore(), { leaseMs: 0 }, logger);
  }
}

export default ModuleProvider("locking", { services: [MemoryLockProvider] });
