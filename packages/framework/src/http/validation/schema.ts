import { z } from "zod";
import { z as z3 } from "zod/v3";
import { httpErrors } from "../errors";
import type { SchemaLike } from "../types";

/** An issue as zod 3 or zod 4 reports it. */
export interface RawIssue {
  code: string;
  path: PropertyKey[];
  message: string;
  [detail: string]: unknown;
}

/** What both versions of zod have in common. */
export interface Schema {
  safeParseAsync(data: unknown): Promise<{ success: true; data: unknown } | { success: false; error: { issues: RawIssue[] } }>;
}

interface Zod3Schema extends Schema {
  _def: { typeName: string; schema?: Zod3Schema; effect?: { type: string } };
  strict?: () => Zod3Schema;
}

interface Zod4Schema extends Schema {
  _zod: { def: { type: string } };
  strict?: () => Zod4Schema;
}

/** True for schemas of zod 3 and of zod 4, from whichever copy of the library. */
export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && typeof (value as { safeParseAsync?: unknown }).safeParseAsync === "function";
}

function isZod4(schema: Schema): schema is Zod4Schema {
  return "_zod" in schema;
}

/** Demands a schema; throws `http.not_a_schema` otherwise. */
export function toSchema(value: unknown): Schema {
  if (!isSchema(value)) throw httpErrors.notASchema(value === null ? "null" : typeof value);
  return value;
}

/**
 * The schema, refusing unknown keys at its top level even where it says otherwise (`.passthrough()`), also below
 * `.refine()`. Unions and transformations are left as they are; so is everything nested.
 */
export function strictAtTop(schema: Schema): Schema {
  if (isZod4(schema)) return schema._zod.def.type === "object" && schema.strict ? schema.strict() : schema;
  const { _def: def } = schema as Zod3Schema;
  if (def?.typeName === "ZodObject") return (schema as Zod3Schema).strict?.() ?? schema;
  if (def?.typeName === "ZodEffects" && def.effect?.type === "refinement" && def.schema) {
    // A schema of the same class, from whichever copy of zod: the refinement stays, around the strict inner schema.
    const Effects = schema.constructor as new (definition: object) => Schema;
    return new Effects({ ...def, schema: strictAtTop(def.schema) });
  }
  return schema;
}

/**
 * A schema for `additional_data` from the fields that apps declare: keys beyond them pass, null and absence too.
 * Fields of zod 3 make a schema of zod 3.
 */
export function additionalDataSchema(shape: Record<string, SchemaLike>): Schema {
  const fields = Object.values(shape);
  for (const field of fields) toSchema(field);
  const older = fields.length > 0 && !fields.some((field) => isZod4(field as Schema));
  if (older)
    return z3
      .object(shape as z3.ZodRawShape)
      .passthrough()
      .nullish() as unknown as Schema;
  return z.looseObject(shape as z.ZodRawShape).nullish() as unknown as Schema;
}
