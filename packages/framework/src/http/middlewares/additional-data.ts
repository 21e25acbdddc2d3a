import type { AppRequest, AppResponse, NextFunction, SchemaLike } from "../types";
import { additionalDataSchema } from "../validation/schema";

/**
 * A middleware that tells the route's body validator what the app accepts as `additional_data`.
 *
 * @param shapes Fields from every matching entry of the app and its plugins; later ones win.
 */
export function provideAdditionalData(
  shapes: readonly Record<string, SchemaLike>[],
): (req: AppRequest, res: AppResponse, next: NextFunction) => void {
  const validator = additionalDataSchema(Object.assign({}, ...shapes) as Record<string, SchemaLike>);
  return function additionalData(req, _res, next) {
    req.additionalDataValidator = validator;
    next();
  };
}
