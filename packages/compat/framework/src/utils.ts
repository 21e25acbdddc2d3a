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
export type TransactionHandlerType = (typeof TransactionHandlerType)[keyof typeof TransactionHandlerType];

/** Where a run stands. */
export const TransactionState = {
  NOT_STARTED: "not_started",
  INVOKING: "invoking",
  WAITING_TO_COMPENSATE: "waiting_to_compensate",
  COMPENSATING: "compensating",
  DONE: "done",
  REVERTED: "reverted",
  FAILED: "failed",
} as const;
export type TransactionState = (typeof TransactionState)[keyof typeof TransactionState];

/** Where a step of a run stands, as executions of other systems name it. */
export const TransactionStepState = {
  NOT_STARTED: "not_started",
  INVOKING: "invoking",
  COMPENSATING: "compensating",
  DONE: "done",
  REVERTED: "reverted",
  FAILED: "failed",
  DORMANT: "dormant",
  SKIPPED: "skipped",
  SKIPPED_FAILURE: "skipped_failure",
  TIMEOUT: "timeout",
} as const;
export type TransactionStepState = (typeof TransactionStepState)[keyof typeof TransactionStepState];

/** How the last attempt of a step went, as executions of other systems name it. */
export const TransactionStepStatus = {
  IDLE: "idle",
  OK: "ok",
  WAITING: "waiting_response",
  TEMPORARY_FAILURE: "temp_failure",
  PERMANENT_FAILURE: "permanent_failure",
} as const;
export type TransactionStepStatus = (typeof TransactionStepStatus)[keyof typeof TransactionStepStatus];
