/** What every layer of Velella shares. Runs no SQL, knows neither HTTP nor commerce. */
export { AppError, defineErrors, ErrorCodes, ErrorTypes } from "./errors";
export type { ErrorDefinition, ErrorFactories, ErrorType } from "./errors";
export { generateEntityId, generateId } from "./ids";
export { asClass, asFunction, asValue, createContainer } from "./container";
export type { ClassOrFunctionReturning, Container, ContainerTypes, ResolveOptions, Resolver } from "./container";
export { createLogger, silentLogger } from "./logger";
export type { Logger, LoggerOptions } from "./logger";
export { BigNumber } from "./big-number";
export type { BigNumberInput, BigNumberRaw } from "./big-number";
export { ambient, withAmbient } from "./context";
export type { AmbientContext, EventMessage, SharedContext, SqlManager } from "./context";
export { createAppRegistries, loadInto, loadingScope, processRegistries, Registries } from "./registries";
export type { Registry, RegistryKind } from "./registries";
export { endWhenSilent, keepAlive } from "./silent-server";
export { isConnectionError, markConnectionError } from "./sql/connection";
export type {
  IsolationLevel,
  SqlConnection,
  SqlExecutor,
  SqlResult,
  SqlSession,
  SqlTransaction,
  TransactionOptions,
} from "./sql/connection";
export { statementExcerpt, transactionErrors } from "./sql/errors";
export { knownIsolationLevel } from "./sql/isolation-levels";
export { timeOutStatements } from "./sql/time-outs";
export type { SqlTimeOuts } from "./sql/time-outs";
export { isMisspelt, nearestNames, suggestion } from "./nearest-names";
export { promiseAll } from "./promise-all";
export type { PromiseAllOptions } from "./promise-all";
export { deepFlatMap } from "./deep-flat-map";
export type { FlatMapContext } from "./deep-flat-map";
export { failSpan, isInsideSpan, isTracing, openSpan, sqlSpan, traceparentOf, withSpan } from "./tracing";
export type { OpenSpan, Span, SpanAttributes, SpanOptions } from "./tracing";
