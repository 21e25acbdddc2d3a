import type { AppRequest, AppResponse, Middleware, NextFunction, SchemaLike } from "../types";
import { toSchema } from "./schema";
import type { Schema } from "./schema";
import { validateData } from "./validate-data";

/** Makes a body schema, given what the app accepts as `additional_data` on the route. */
export type SchemaFromAdditionalData = (additionalData?: never) => SchemaLike;

/**
 * A middleware that validates `req.body` and puts the result into `req.validatedBody`.
 *
 * @param schema A zod schema, or a function that makes one from the schema of `additional_data`
 *   (see `withAdditionalData`).
 */
export function validateAndTransformBody(schema: SchemaLike | SchemaFromAdditionalData): Middleware {
  const schemaFor = schemaSource(schema);
  return async function validateBody(req: AppRequest, _res: AppResponse, next: NextFunction) {
    req.validatedBody = await validateData(schemaFor(req.additionalDataValidator), req.body);
    next();
  };
}

function schemaSource(schema: SchemaLike | SchemaFromAdditionalData): (additionalData: SchemaLike | undefined) => Schema {
  if (typeof schema !== "function") {
    const fixed = toSchema(schema);
    return () => fixed;
  }
  const make = schema as (additionalData?: SchemaLike) => SchemaLike;
  const made = new Map<SchemaLike | undefined, Schema>();
  return (additionalData) => {
    let found = made.get(additionalData);
    if (!found) made.set(additionalData, (found = toSchema(make(additionalData))));
    return found;
  };
}
