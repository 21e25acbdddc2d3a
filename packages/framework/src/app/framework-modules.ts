import type { Container } from "@velella/kernel";
import type { WorkflowEngine } from "@velella/workflows";
import cacheModule from "../caching/cache-module";
import { CachingService } from "../caching/caching-service";
import { invalidateOnEvents } from "../caching/invalidate-on-events";
import lockingModule from "../locking/module";
import type { LoadedModule } from "../modules/load-modules";
import type { AppDefaults } from "./app-defaults";
import { FrameworkModules } from "./registration-keys";

/** The defaults of an app, with the modules that the framework itself gives: an entry of the config replaces one. */
export function withFrameworkModules(defaults: AppDefaults): AppDefaults {
  const own = {
    [FrameworkModules.LOCKING]: { load: () => lockingModule },
    [FrameworkModules.CACHE]: { load: () => cacheModule },
  };
  return { ...defaults, modules: { ...own, ...defaults.modules } };
}

/** Lets cached data follow changes, in an app whose config lists the caching module. */
export function connectCaching(container: Container, modules: readonly LoadedModule[], engine: WorkflowEngine | undefined): void {
  const caching: unknown = container.resolve("caching", { allowUnregistered: true });
  if (!(caching instanceof CachingService)) return;
  caching.useModels(modules.flatMap(({ models }) => models.map(({ name }) => name)));
  if (engine) invalidateOnEvents(engine, caching);
}
