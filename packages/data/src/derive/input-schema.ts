import { z } from "zod";
import type { AnyEntity } from "../model/entity";
import { specOf } from "../model/spec-of";
import type { ModelSpec, PropertySpec, RelationSpec } from "../spec/model-spec";
import type { CreateInput, UpdateInput } from "../types/inputs";

type Shape = Record<string, z.ZodType>;

const createSchemas = new WeakMap<ModelSpec, z.ZodType>();
const updateSchemas = new WeakMap<ModelSpec, z.ZodType>();

/**
 * A validator of what creating a row of a model takes. Unknown names are dropped, as the service does. A belongsTo
 * relation may be given by foreign key or by name; that one of them is there is left to the service, because rows
 * created inside others get it from those.
 */
export function createSchemaOf<Entity extends AnyEntity>(entity: Entity): z.ZodType<CreateInput<Entity>> {
  return createSchema(specOf(entity)) as z.ZodType<CreateInput<Entity>>;
}

/** A validator of what updating a row of a model takes: its primary key, and whatever changes. */
export function updateSchemaOf<Entity extends AnyEntity>(entity: Entity): z.ZodType<UpdateInput<Entity>> {
  return updateSchema(specOf(entity)) as z.ZodType<UpdateInput<Entity>>;
}

/** The JSON schema (2020-12) of {@link createSchemaOf} or {@link updateSchemaOf}, for documentation and forms. */
export function jsonSchemaOf(entity: AnyEntity, operation: "create" | "update"): Record<string, unknown> {
  const schema = operation === "create" ? createSchemaOf(entity) : updateSchemaOf(entity);
  // A Date cannot be in JSON; beside it there is always its text.
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any", override: dropDates, reused: "ref" });
}

function createSchema(spec: ModelSpec): z.ZodType {
  return memo(createSchemas, spec, () => {
    const shape: Shape = {};
    for (const property of writable(spec))
      shape[property.name] = isOptional(property) ? valueSchema(property).optional() : valueSchema(property);
    for (const relation of spec.relations) shape[relation.name] = relationSchema(relation).optional();
    return z.object(shape);
  });
}

function updateSchema(spec: ModelSpec): z.ZodType {
  return memo(updateSchemas, spec, () => {
    const shape: Shape = {};
    for (const property of writable(spec))
      shape[property.name] = property.primaryKey ? valueSchema(property) : valueSchema(property).optional();
    for (const relation of spec.relations) shape[relation.name] = relationSchema(relation).optional();
    return z.object(shape);
  });
}

const writable = (spec: ModelSpec) => spec.properties.filter((property) => !property.computed);

const isOptional = (property: PropertySpec) =>
  property.implicit ||
  property.nullable ||
  property.hasDefault ||
  property.kind === "id" ||
  property.kind === "autoincrement" ||
  property.foreignKeyOf !== undefined;

function valueSchema(property: PropertySpec): z.ZodType {
  const schema = kindSchema(property);
  return property.nullable ? schema.nullable() : schema;
}

function kindSchema(property: PropertySpec): z.ZodType {
  switch (property.kind) {
    case "id":
    case "text":
      return z.string();
    case "number":
    case "autoincrement":
      return z.int();
    case "float":
      return z.number();
    case "bigNumber":
      return z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/), z.looseObject({ value: z.union([z.string(), z.number()]) })]);
    case "boolean":
      return z.boolean();
    case "dateTime":
      return z.union([z.iso.datetime({ offset: true }), z.iso.date(), z.date()]);
    case "json":
      return z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]);
    case "array":
      return z.array(z.string());
    case "enum":
      return z.enum(property.values as [string, ...string[]]);
  }
}

/** A related row: its key, alone (where it is one column) or in an object, or a new row. Lazy, because models refer to each other. */
function relationSchema(relation: RelationSpec): z.ZodType {
  const one = z.lazy(() => {
    const target = relation.target();
    const key = target.properties.filter(({ primaryKey }) => primaryKey).map((column) => [column.name, kindSchema(column)] as const);
    const known = z.looseObject(Object.fromEntries(key));
    const alone = key.length === 1 ? key.map(([, schema]) => schema) : [];
    return z.union([...alone, createSchema(target), known]);
  });
  if (relation.kind === "hasMany" || relation.kind === "manyToMany") return z.array(one);
  return relation.nullable ? one.nullable() : one;
}

function dropDates({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (zodSchema._zod.def.type === "union" && jsonSchema.anyOf) {
    const options = zodSchema._zod.def.options;
    jsonSchema.anyOf = jsonSchema.anyOf.filter((_, index) => options[index]?._zod.def.type !== "date");
  }
}

function memo<K extends object, V>(known: WeakMap<K, V>, key: K, make: () => V): V {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
