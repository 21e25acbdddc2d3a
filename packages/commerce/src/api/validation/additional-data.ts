import { z } from "zod";

/** A body that takes `additional_data`; called by the validator with what the app requires of it. */
export type SchemaWithAdditionalData = (additionalData?: z.ZodOptional<z.ZodNullable<z.ZodObject<z.ZodRawShape>>>) => z.ZodType;

/**
 * Lets a body carry `additional_data`. What is in it is the app's matter: its `additionalDataValidator` for the route
 * says, and without one anything passes.
 */
export function withAdditionalData<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) {
  return (additionalData?: z.ZodOptional<z.ZodNullable<z.ZodObject<z.ZodRawShape>>>) =>
    schema.extend({ additional_data: additionalData ?? z.record(z.string(), z.unknown()).nullish() });
}
