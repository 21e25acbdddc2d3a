/** `@medusajs/framework/http` */
export {
  authenticate,
  defineMiddlewares,
  errorHandler,
  generateJwtToken,
  validateAndTransformBody,
  validateAndTransformQuery,
} from "@velella/framework/http";
export type {
  AppRequest as MedusaRequest,
  AppResponse as MedusaResponse,
  AuthContext,
  AuthenticatedAppRequest as AuthenticatedMedusaRequest,
  Middleware as MedusaMiddleware,
  MiddlewareRoute,
  MiddlewaresConfig,
  MiddlewareVerb,
  NextFunction as MedusaNextFunction,
  ParserConfig,
  QueryConfig,
  RouteHandler as MedusaRequestHandler,
  StoreAppRequest as MedusaStoreRequest,
} from "@velella/framework/http";
