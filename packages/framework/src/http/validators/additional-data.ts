import { z } from "zod";

type AdditionalDataSchema = z.ZodType<Record<string, unknown> | null | undefined>;

/**
 * A body schema that also accepts `additional_data`: whatever the app declares for the route with
 * `additionalDataValidator`, or any object when it declares nothing. For `validateAndTransformBody`.
 *
 * @param schema The body without `additional_data`.
 * @param modify Adds what must come last, such as refinements.
 */
export function withAdditionalData<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  modify?: (schema: z.ZodObject<Shape & { additional_data: AdditionalDataSchema }>) => z.ZodType,
): (additionalData?: AdditionalDataSchema) => z.ZodType {
  return (additionalData) => {
    const extended = schema.extend({ additional_data: fieldOf(additionalData) }) as unknown as z.ZodObject<
      Shape & { additional_data: AdditionalDataSchema }
    >;
    return modify ? modify(extended) : extended;
  };
}

/** A schema of zod 3, from an app that still uses it, is asked from inside one of zod 4. */
function fieldOf(given: AdditionalDataSchema | undefined): z.ZodType {
  if (!given) return z.record(z.string(), z.unknown()).nullish();
  if ("_zod" in given) return given;
  const older = given as unknown as {
    safeParse(value: unknown): { success: boolean; data?: unknown; error?: { issues: { message: string; path: PropertyKey[] }[] } };
  };
  return z
    .unknown()
    .transform((value, context) => {
      const result = older.safeParse(value);
      if (result.success) return result.data;
      for (const issue of result.error?.issues ?? []) context.issues.push({ ...issue, input: value } as never);
      return z.NEVER;
    })
    .optional();
}
