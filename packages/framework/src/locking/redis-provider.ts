import type { Logger } from "@velella/kernel";
import { ModuleProvider } from "../modules/module-provider";
import type { LoaderOptions } from "../modules/module";
import { checkRedis } from "../redis/redis-client";
import { RedisLockStore } from "./redis-lock-store";
import type { RedisLockOptions } from "./redis-lock-store";
import { StoreLockProvider } from "./store-lock-provider";

const leaseMs = 30_000;

/** Locks among all processes that use one Redis server. */
export class RedisLockProvider extends StoreLockProvider {
  static readonly identifier = "locking-redis";

  constructor({ logger }: { logger: Logger }, options: RedisLockOptions) {
    super(new RedisLockStore(options, logger), { leaseMs }, logger);
  }
}

export default ModuleProvider("locking", {
  services: [RedisLockProvider],
  loaders: [({ options }: LoaderOptions<RedisLockOptions>) => checkRedis("The Redis lock provider", options as RedisLockOptions)],
});
