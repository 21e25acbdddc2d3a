import type { Logger } from "@velella/kernel";
import { Module } from "../modules/module";
import type { LoaderOptions } from "../modules/module";
import { checkRedis } from "../redis/redis-client";
import { CacheService } from "./cache-service";
import { RedisCache } from "./redis-cache";
import type { RedisCacheOptions } from "./redis-cache";

/** The cache that all processes of an app share. */
class RedisCacheService extends CacheService {
  constructor({ logger }: { logger: Logger }, options: RedisCacheOptions) {
    super(
      new RedisCache({ ...options, prefix: options.prefix ?? options.namespace ?? "velella:simple-cache:" }, logger),
      options.ttl,
      logger,
    );
  }
}

/** The module behind `cache` on Redis. Its options: `{ redisUrl, redisOptions, ttl, namespace }`. */
export default Module("cache", {
  service: RedisCacheService,
  loaders: [({ options }: LoaderOptions<RedisCacheOptions>) => checkRedis("The Redis cache", options as RedisCacheOptions)],
});
