import type { Logger } from "@velella/kernel";
import type { WorkflowEngine } from "@velella/workflows";
import type { CacheService } from "../caching/cache-service";
import type { CachingService } from "../caching/caching-service";
import type { Config } from "../config/config-schema";
import type { EventBusService } from "../events/event-bus";
import type { LinkService } from "../links/link-service";
import type { LockingService } from "../locking/locking-service";
import type { Query, RemoteQuery } from "../query/create-query";
import type { FeatureFlags } from "./feature-flags";

declare module "@velella/kernel" {
  interface ContainerTypes {
    cache: CacheService;
    caching: CachingService;
    configModule: Config;
    event_bus: EventBusService;
    featureFlagRouter: FeatureFlags;
    link: LinkService;
    locking: LockingService;
    logger: Logger;
    query: Query;
    remoteLink: LinkService;
    remoteQuery: RemoteQuery;
    workflows: WorkflowEngine;
  }
}
