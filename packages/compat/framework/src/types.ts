/** `@medusajs/framework/types` */
import type { ModelService } from "@velella/data";
import type { Container, SharedContext, SqlManager } from "@velella/kernel";

export * from "./commerce-types";
export type {
  BigNumberInput,
  BigNumberInput as BigNumberValue,
  BigNumberRaw as BigNumberRawValue,
  Container as MedusaContainer,
  ContainerTypes,
  EventMessage as Event,
  Logger,
} from "@velella/kernel";
export type { InferTypeOf } from "@velella/data";
export type {
  CachingProvider as ICachingProviderService,
  CachingService as ICachingModuleService,
  Config as ConfigModule,
  ConfigInput as InputConfig,
  EventBusService as IEventBusModuleService,
  GraphEdges,
  GraphEntities,
  GraphFacts,
  GraphNames,
  GraphRowOf,
  LinkEntity,
  LinkDefinition,
  LoaderOptions,
  LockingService as ILockingModule,
  LockProvider as ILockingProvider,
  ModelEntity,
  ModelOf,
  ModuleProviderExports,
  Query as RemoteQueryFunction,
  ScheduledJobConfig,
  ServiceOf,
  SubscriberArgs,
  SubscriberConfig,
  ToMany,
  ToOne,
  ToOneIfAny,
  ToOneOrMany,
  ToOneOrNull,
  UntypedEntity,
  VirtualEntity,
} from "@velella/framework";
export type {
  ExecutionFilters as FilterableWorkflowExecutionProps,
  WorkflowEngine as IWorkflowEngineService,
  WorkflowExecution as WorkflowExecutionDTO,
} from "@velella/workflows";

/** What a script gets that `velella exec` runs. */
export interface ExecArgs {
  container: Container;
  /** The further words of the command. */
  args: string[];
}

/** The shared context of service methods. */
export type Context<Manager = SqlManager> = SharedContext<Manager>;

/** What the container of a module has for each of its models, as `<model>Service`: the operations without the module's own rules. */
export type IMedusaInternalService<_Entity = unknown, _Container = unknown> = ModelService;
