import type { ModelSpec, PivotSpec, RelationSpec } from "../spec/model-spec";
import { toSnakeCase } from "../spec/naming";
import { pluralize } from "../spec/pluralize";
import { type AnyEntity, entityState } from "./entity";
import { modelErrors } from "./errors";
import type { Relation, RelationState } from "./relation";
import { foreignKeyOf, isOwner, referredKey, schemaOf, targetOf } from "./schema";

type SpecOf = (entity: AnyEntity) => ModelSpec;
type Named = readonly [name: string, relation: Relation<unknown>];

/** The relations of a model, with the keys and tables by which they reach the other side. */
export function buildRelations(entity: AnyEntity, specOf: SpecOf): RelationSpec[] {
  return schemaOf(entity).relations.map((named) => buildRelation(entity, named, specOf));
}

function buildRelation(entity: AnyEntity, named: Named, specOf: SpecOf): RelationSpec {
  const [name, relation] = named;
  const { nullable, searchable } = relation.state;
  const target = targetOf(entity, name, relation);
  // Rows on the other side, or pairs, would have to refer to this model by several columns.
  if (!isOwner(relation)) referredKey(entity, name, entity);
  if (relation.kind === "manyToMany") referredKey(entity, name, target);
  const { mappedBy } = relation.state;
  const others = schemaOf(target).relations.map(([other]) => other);
  if (mappedBy !== undefined && !others.includes(mappedBy))
    throw modelErrors.unknownInverse(entity.name, name, target.name, mappedBy, others);
  if (relation.state.pivotTable !== undefined && relation.state.pivotEntity) throw modelErrors.pivotTwice(entity.name, name);
  const inverse = inverseOf(entity, named);
  const base = { name, kind: relation.kind, target: () => specOf(target), nullable, searchable, ...(inverse && { mappedBy: inverse[0] }) };
  if (isOwner(relation)) return Object.freeze({ ...base, owner: true, foreignKey: foreignKeyOf(entity, name, relation) });
  if (relation.kind === "manyToMany") return Object.freeze({ ...base, owner: false, pivot: once(() => buildPivot(entity, named, specOf)) });
  if (!inverse)
    throw modelErrors.noInverse(
      entity.name,
      name,
      target.name,
      waysBack(entity, target).map(([back]) => back),
    );
  return Object.freeze({ ...base, owner: false, foreignKey: foreignKeyOf(target, ...inverse) });
}

/**
 * The relation on the other side that is the same relation seen from there: the one named by `mappedBy`, the one whose
 * `mappedBy` names this one, or the only one that leads back.
 */
export function inverseOf(entity: AnyEntity, [name, relation]: Named): Named | undefined {
  const target = targetOf(entity, name, relation);
  const { mappedBy } = relation.state;
  const fits = ([other, candidate]: Named) =>
    targetOf(target, other, candidate) === entity && !(target === entity && other === name) && isCounterpart(relation, candidate);
  const candidates = schemaOf(target).relations.filter(fits);
  return (
    candidates.find(([other]) => other === mappedBy) ??
    candidates.find(([, candidate]) => candidate.state.mappedBy === name) ??
    (mappedBy === undefined && candidates.length === 1 && candidates[0]?.[1].state.mappedBy === undefined ? candidates[0] : undefined)
  );
}

function isCounterpart(relation: Relation<unknown>, candidate: Relation<unknown>): boolean {
  if (relation.kind === "manyToMany" || candidate.kind === "manyToMany") return relation.kind === candidate.kind;
  return isOwner(relation) !== isOwner(candidate);
}

function waysBack(entity: AnyEntity, target: AnyEntity): Named[] {
  return schemaOf(target).relations.filter(([name, relation]) => isOwner(relation) && targetOf(target, name, relation) === entity);
}

function buildPivot(entity: AnyEntity, named: Named, specOf: SpecOf): PivotSpec {
  const [name, relation] = named;
  const target = targetOf(entity, name, relation);
  const inverse = inverseOf(entity, named)?.[1].state;
  const own = relation.state;
  const givenOwn = own.joinColumn ?? inverse?.inverseJoinColumn;
  const givenTarget = own.inverseJoinColumn ?? inverse?.joinColumn;
  // The side that describes the table leads; where both or neither do, the alphabetically first.
  const [describes, isDescribed] = [describesPivot(own), inverse !== undefined && describesPivot(inverse)];
  const leads = describes === isDescribed ? entity.name <= target.name : describes;
  const pivotEntity = (own.pivotEntity ?? inverse?.pivotEntity)?.() as AnyEntity | undefined;

  if (pivotEntity) {
    const through = specOf(pivotEntity);
    const keyTo = (model: AnyEntity, not?: string) =>
      waysBack(model, pivotEntity)
        .map(([back]) => through.relationByName.get(back)?.foreignKey)
        .find((key) => key !== not);
    const ownColumn = givenOwn ?? keyTo(entity, givenTarget);
    const targetColumn = givenTarget ?? keyTo(target, ownColumn);
    if (!ownColumn || !targetColumn) throw modelErrors.pivotColumns(entity.name, name, through.table);
    return Object.freeze({ table: through.table, ownColumn, targetColumn, leads, entity: () => through });
  }

  const table = own.pivotTable ?? inverse?.pivotTable ?? defaultPivotTable(entity, target);
  const ownColumn = givenOwn ?? pivotColumn(entity, name, entity);
  const targetColumn = givenTarget ?? pivotColumn(entity, name, target);
  if (ownColumn === targetColumn) throw modelErrors.pivotColumns(entity.name, name, table);
  return Object.freeze({ table, ownColumn, targetColumn, leads });
}

const describesPivot = (state: RelationState) =>
  Boolean(state.pivotTable ?? state.pivotEntity ?? state.joinColumn ?? state.inverseJoinColumn);

const pivotColumn = (entity: AnyEntity, relation: string, side: AnyEntity) =>
  `${toSnakeCase(side.name)}_${referredKey(entity, relation, side).name}`;

function defaultPivotTable(a: AnyEntity, b: AnyEntity): string {
  const [first, second] = a.name <= b.name ? [a, b] : [b, a];
  return `${entityState(first).table}_${pluralize(entityState(second).table)}`;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
