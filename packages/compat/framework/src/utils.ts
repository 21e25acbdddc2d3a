/** `@medusajs/framework/utils` */
import { AppError } from "@velella/kernel";

export { BigNumber, deepFlatMap, generateEntityId, promiseAll } from "@velella/kernel";
export {
  InjectManager,
  InjectTransactionManager,
  model,
  ModuleService as MedusaService,
  SharedContextParam as MedusaContext,
} from "@velella/data";
export type { InferTypeOf } from "@velella/data";
export {
  ContainerRegistrationKeys,
  defineLink,
  loadEnv,
  Module,
  ModuleProvider,
  QueryContext,
  remoteQueryObjectFromString,
} from "@velella/framework";
export { parseCorsOrigins } from "@velella/framework/http";
export {
  AbstractAuthModuleProvider,
  AbstractNotificationProviderService,
  defineConfig,
  Modules,
  Modules as ModuleRegistrationName,
  ProductStatus,
  toHandle,
} from "@velella/commerce";

/** The framework's error under its other name. */
export const MedusaError = Object.assign(AppError, { isMedusaError: AppError.isAppError });
export type MedusaError = AppError;

/** The two actions of a step, as `ctx.action` names them. */
export const TransactionHandlerType = { INVOKE: "invoke", COMPENSATE: "compensate" } as const;
