import { Module } from "../modules/module";
import { CacheService } from "./cache-service";
import { MemoryCache } from "./memory-cache";
import type { MemoryCacheOptions } from "./memory-cache";

/** The cache within one process. */
class MemoryCacheService extends CacheService {
  constructor(_cradle: object, { ttl, maxEntries }: MemoryCacheOptions = {}) {
    super(new MemoryCache(maxEntries === undefined ? {} : { maxEntries }), ttl);
  }
}

/** The module behind `cache`, unless the config lists another. Its options: `{ ttl, maxEntries }`. */
export default Module("cache", { service: MemoryCacheService });
