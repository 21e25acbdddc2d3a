import type { Logger } from "@velella/kernel";
import { ModuleProvider } from "../modules/module-provider";
import type { LoaderOptions } from "../modules/module";
import { checkRedis } from "../redis/redis-client";
import { RedisCache } from "./redis-cache";
import type { RedisCacheOptions } from "./redis-cache";

/** Cached data that all processes of an app share. */
export class RedisCachingProvider extends RedisCache {
  static readonly identifier = "cache-redis";

  constructor({ logger }: { logger: Logger }, options: RedisCacheOptions) {
    super(options, logger);
  }
}

export default ModuleProvider("caching", {
  services: [RedisCachingProvider],
  loaders: [({ options }: LoaderOptions<RedisCacheOptions>) => checkRedis("The Redis cache", options as RedisCacheOptions)],
});
