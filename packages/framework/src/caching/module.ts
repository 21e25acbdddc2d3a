import { Module } from "../modules/module";
import { providersLoader } from "../modules/providers-loader";
import { CachingService } from "./caching-service";
import memoryProvider from "./memory-provider";

/**
 * The module behind `caching`. Its options: `{ providers: [{ resolve, id, is_default, options }] }`; without any, what is
 * cached lies within the process.
 */
export default Module("caching", {
  service: CachingService,
  loaders: [providersLoader("caching", "cachingProviders", memoryProvider)],
});
