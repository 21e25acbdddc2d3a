/** Modules, links, queries, events and jobs: what a feature of a shop is built with. Routes: see `@velella/framework/http`. */
import "./app/container-types";

export type { ContainerTypes } from "@velella/kernel";

export { createApp } from "./app/create-app";
export type { CreateAppOptions } from "./app/create-app";
export type { App, AppMode, LinkSyncMode, MigrateReport } from "./app/app";
export type { AppDefaults, GraphNaming } from "./app/app-defaults";
export { appTypes, defaultTypes, typesFile } from "./app/declare-types";
export type { AppTypesOptions } from "./app/declare-types";
export { ContainerRegistrationKeys, FrameworkModules } from "./app/registration-keys";
export type { FeatureFlags } from "./app/feature-flags";
export { default as cacheModule } from "./caching/cache-module";
export { CacheService } from "./caching/cache-service";
export type { CacheClearance, CacheEntry, CacheEntryOptions, CacheSelector, CachingProvider } from "./caching/caching-provider";
export { CachingService } from "./caching/caching-service";
export type { CacheMoment, CachingSetInput } from "./caching/caching-service";
export type { TagOptions } from "./caching/compute-tags";
export { default as memoryCachingProvider } from "./caching/memory-provider";
export { default as cachingModule } from "./caching/module";
export { default as redisCacheModule } from "./caching/redis-cache-module";
export { default as redisCachingProvider } from "./caching/redis-provider";
export { configuredDatabase } from "./config/configured-database";
export { defineConfig } from "./config/define-config";
export { loadEnv } from "./config/load-env";
export type { Config, ConfigInput, ModuleEntry } from "./config/config-schema";
export type { ConfigDefaults, DefaultModule } from "./config/resolve-config";
export { EventBusService } from "./events/event-bus";
export type { EmitOptions, EventInterceptor, EventInterceptorContext, EventListener, SubscriptionContext } from "./events/event-bus";
export type { SubscriberArgs, SubscriberConfig } from "./events/load-subscribers";
export type { ScheduledJobConfig } from "./jobs/load-jobs";
export { defineLink } from "./links/define-link";
export { LinkService } from "./links/link-service";
export type { LinkDefinition, LinkedRecords, LinkRow } from "./links/link-service";
export type { Linkable, LinkableEntry } from "./modules/linkable";
export type { AcquireOptions, ExecuteOptions, LockedJob, LockProvider, OwnerOptions } from "./locking/lock-provider";
export { LockingService } from "./locking/locking-service";
export type { ProviderChoice } from "./locking/locking-service";
export { default as memoryLockProvider } from "./locking/memory-provider";
export { default as lockingModule } from "./locking/module";
export { default as postgresLockProvider } from "./locking/postgres-provider";
export { default as redisLockProvider } from "./locking/redis-provider";
export { Module } from "./modules/module";
export type { LoaderOptions, ModuleExports, ModuleLoader, ServiceClass } from "./modules/module";
export { ModuleProvider } from "./modules/module-provider";
export type { ModuleProviderExports, ProviderClass, ProviderConfig } from "./modules/module-provider";
export { loadProviders } from "./modules/providers";
export type { LoadedProvider, ProviderResolver } from "./modules/providers";
export type { ComputedJoin, ForwardJoin, GraphJoin, LoadContext } from "./query/graph";
export type { Query, RemoteQuery } from "./query/create-query";
export type {
  AnyRowOf,
  GraphEdges,
  GraphEntities,
  GraphFacts,
  GraphNames,
  GraphRowOf,
  LinkEntity,
  ModelEntity,
  ModelOf,
  RowOf,
  ServiceOf,
  ToMany,
  ToOne,
  ToOneIfAny,
  ToOneOrMany,
  ToOneOrNull,
  ToValue,
  UntypedEntity,
  VirtualEntity,
} from "./query/graph-types";
export type { GraphConfig, GraphOptions, GraphResult } from "./query/query";
export { QueryContext } from "./query/query-context";
export type { QueryContextValue } from "./query/query-context";
export { remoteQueryObjectFromString } from "./query/remote-query";
export { emitEventStep } from "./steps/emit-event";
export type { EmitEventInput } from "./steps/emit-event";
export { createRemoteLinkStep, dismissRemoteLinkStep, removeRemoteLinkStep, updateRemoteLinksStep } from "./steps/links";
export type { DeletedRecords } from "./steps/links";
export { acquireLockStep, releaseLockStep } from "./steps/locks";
export type { AcquireLockInput, ReleaseLockInput } from "./steps/locks";
export { useQueryGraphStep, useRemoteQueryStep } from "./steps/query-graph";
export type { QueryGraphStepInput, RemoteQueryStepInput } from "./steps/query-graph";
