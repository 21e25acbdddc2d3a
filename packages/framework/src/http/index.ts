/** Routes, middlewares, validation and authentication: `@velella/framework/http`. */
export { authenticate } from "./auth/authenticate";
export type { AuthenticateOptions, AuthType } from "./auth/authenticate";
export { requirePublishableKey } from "./auth/publishable-key";
export { generateJwtToken, generateTokenFor, tokenClaims, verifyToken } from "./auth/tokens";
export type { TokenIdentity, TokenOptions } from "./auth/tokens";
export { HttpRegistrationKeys } from "./auth/verifiers";
export type { ApiKeyVerifier, PublishableKeyVerifier } from "./auth/verifiers";
export { HttpServer } from "./http-server";
export type { HttpServerOptions, RouteDescription } from "./http-server";
export { parseCorsOrigins } from "./middlewares/cors";
export { defineMiddlewares } from "./middlewares/define-middlewares";
export { errorHandler } from "./middlewares/error-handler";
export type { SectionPolicy } from "./sections";
export type {
  AppRequest,
  AppResponse,
  AuthContext,
  AuthenticatedAppRequest,
  ErrorHandler,
  HttpConfig,
  Middleware,
  MiddlewareRoute,
  MiddlewaresConfig,
  MiddlewareVerb,
  NextFunction,
  ParserConfig,
  PublishableKeyContext,
  QueryConfig,
  RouteHandler,
  RouteMethod,
  StoreAppRequest,
} from "./types";
export { validateAndTransformBody } from "./validation/validate-body";
export { validateAndTransformQuery } from "./validation/validate-query";
export { withAdditionalData } from "./validators/additional-data";
export { withAndOr } from "./validators/and-or";
export { createBatchBody, createLinkBody } from "./validators/batch-body";
export { booleanFromQuery } from "./validators/boolean-from-query";
export { createFindParams, createSelectParams } from "./validators/find-params";
export { createOperatorMap } from "./validators/operator-map";
