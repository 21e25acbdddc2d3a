import type { ModelSpec } from "../spec/model-spec";
import { toSnakeCase } from "../spec/naming";
import { buildChecks, buildIndexes } from "./constraints";
import { type AnyEntity, DmlEntity, entityState } from "./entity";
import { modelErrors } from "./errors";
import { columnsOf, keyOf, schemaOf } from "./schema";
import { buildRelations } from "./relations";

const specs = new WeakMap<AnyEntity, ModelSpec>();

/**
 * The spec of a model: what it is, as plain frozen data. Built at the first call, when all files with models are
 * loaded; from then on the model can no longer be changed.
 *
 * @throws when the definition contradicts itself: no primary key, an index on an unknown column, a relation without
 * counterpart.
 */
export function specOf(entity: AnyEntity): ModelSpec {
  if (!DmlEntity.isDmlEntity(entity)) throw modelErrors.notAModel("The argument of specOf()", describe(entity));
  const known = specs.get(entity);
  if (known) return known;
  const spec = build(entity);
  specs.set(entity, spec);
  return spec;
}

function build(entity: AnyEntity): ModelSpec {
  const state = entityState(entity);
  state.frozen = true;
  const properties = columnsOf(entity);
  const primaryKey = keyOf(entity).map((key) => key.name);
  const relations = buildRelations(entity, specOf);
  const snakeName = toSnakeCase(entity.name);
  const cascades = { delete: state.cascades.delete ?? [], detach: state.cascades.detach ?? [] };
  const relationNames = schemaOf(entity).relations.map(([name]) => name);
  for (const [kind, names] of Object.entries(cascades)) {
    const unknown = names.find((name) => !relationNames.includes(name));
    if (unknown) throw modelErrors.unknownRelation(entity.name, `cascades.${kind}`, unknown, relationNames);
  }
  return Object.freeze({
    name: entity.name,
    snakeName,
    camelName: entity.camelName,
    table: state.table,
    properties: Object.freeze(properties),
    propertyByName: new Map(properties.map((property) => [property.name, property])),
    relations: Object.freeze(relations),
    relationByName: new Map(relations.map((relation) => [relation.name, relation])),
    primaryKey: Object.freeze(primaryKey),
    indexes: Object.freeze(buildIndexes(entity, properties)),
    checks: Object.freeze(buildChecks(entity, properties)),
    cascades: Object.freeze({ delete: Object.freeze([...cascades.delete]), detach: Object.freeze([...cascades.detach]) }),
    linkableKey: `${snakeName}_${primaryKey[0]}`,
  });
}

function describe(value: unknown): string {
  return value === null ? "null" : typeof value === "object" ? "another object" : typeof value;
}
