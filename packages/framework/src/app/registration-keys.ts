/** Names under which the framework registers its parts in the container of an app. */
export const ContainerRegistrationKeys = {
  PG_CONNECTION: "__pg_connection__",
  MANAGER: "manager",
  CONFIG_MODULE: "configModule",
  LOGGER: "logger",
  REMOTE_QUERY: "remoteQuery",
  QUERY: "query",
  REMOTE_LINK: "remoteLink",
  LINK: "link",
  FEATURE_FLAG_ROUTER: "featureFlagRouter",
} as const;

/** Names of the framework's own services. */
export const FrameworkModules = {
  EVENT_BUS: "event_bus",
  WORKFLOW_ENGINE: "workflows",
  LOCKING: "locking",
  CACHE: "cache",
} as const;
