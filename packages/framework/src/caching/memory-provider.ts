import { ModuleProvider } from "../modules/module-provider";
import { MemoryCache } from "./memory-cache";
import type { MemoryCacheOptions } from "./memory-cache";

/** Cached data within one process: the default. Several processes do not see each other's, nor hear of its clearing. */
export class MemoryCachingProvider extends MemoryCache {
  static readonly identifier = "cache-memory";

  constructor(_cradle: object, options?: MemoryCacheOptions) {
    super(options);
  }
}

export default ModuleProvider("caching", { services: [MemoryCachingProvider] });
