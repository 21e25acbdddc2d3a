import { createHash } from "node:crypto";
import type { CheckSpec, IndexSpec, PropertySpec } from "../spec/model-spec";
import { type AnyEntity, entityState } from "./entity";
import { NAME_LIMIT } from "./definition-checks";
import { modelErrors } from "./errors";
import { checkExpression, type ColumnLookup, indexPredicate, NOT_DELETED } from "./predicate";
import { inverseOf } from "./relations";
import { foreignKeyOf, isOwner, schemaOf } from "./schema";

/** A name as PostgreSQL keeps it. */
export function storedName(name: string): string {
  return Buffer.byteLength(name) <= NAME_LIMIT ? name : Buffer.from(name).subarray(0, NAME_LIMIT).toString();
}

/** All indexes of a model but its primary key: declared ones, those of foreign keys, and the one on deleted_at. */
export function buildIndexes(entity: AnyEntity, columns: readonly PropertySpec[]): IndexSpec[] {
  const { table, indexes } = entityState(entity);
  const stored = new Map(columns.filter((column) => !column.computed).map((column) => [column.name, column]));
  const found = new Map<string, IndexSpec>();
  const named = new Set<string>();
  const add = (index: { name?: string; on: readonly string[]; unique?: boolean; where?: string; type?: string }, declared: boolean) => {
    const unique = index.unique ?? false;
    const name = storedName(index.name ?? `IDX_${table}_${index.on.join("_")}${unique ? "_unique" : ""}`);
    const known = found.get(name);
    if (known && (known.columns.join() !== index.on.join() || (declared && named.has(name))))
      throw modelErrors.indexNameTaken(entity.name, name);
    if (known && !declared) return;
    if (declared) named.add(name);
    const where = index.where ?? NOT_DELETED;
    found.set(
      name,
      Object.freeze({ name, columns: Object.freeze([...index.on]), unique, where, ...(index.type !== undefined && { type: index.type }) }),
    );
  };

  for (const index of indexes) {
    if (index.on.length === 0) throw modelErrors.emptyIndex(entity.name);
    const on = index.on.map((column) => resolveColumn(entity, "An index", column, stored).name);
    const lookup: ColumnLookup = (column) => ({
      model: entity.name,
      ...resolveColumn(entity, "The condition of an index", column, stored),
    });
    checkMethod(entity.name, index, on, stored);
    add({ ...index, on, where: indexPredicate(index.where, lookup) }, true);
  }
  for (const [name, { state }] of schemaOf(entity).properties) {
    if (state.index) add({ ...state.index, on: [name] }, false);
    if (state.unique) add({ ...state.unique, on: [name], unique: true }, false);
  }
  for (const [name, relation] of schemaOf(entity).relations.filter(([, relation]) => isOwner(relation))) {
    // One to one: the row on the other side has at most one row here.
    const unique = relation.kind === "belongsTo" && inverseOf(entity, [name, relation])?.[1].kind === "hasOne";
    add({ on: [foreignKeyOf(entity, name, relation)], unique }, false);
  }
  add({ on: ["deleted_at"] }, false);
  return [...found.values()];
}

/** The checks of a model; those without a name get one that stays the same as long as the expression does. */
export function buildChecks(entity: AnyEntity, columns: readonly PropertySpec[]): CheckSpec[] {
  const { table, checks } = entityState(entity);
  const stored = columns.filter((column) => !column.computed).map((column) => column.name);
  return checks.map((check) => {
    const expression = checkExpression(entity.name, check, stored);
    const given = typeof check === "function" ? undefined : check.name;
    const hash = createHash("sha256").update(expression).digest("hex").slice(0, 8);
    return Object.freeze({ name: storedName(given ?? `${table}_check_${hash}`), expression });
  });
}

type Stored = ReadonlyMap<string, PropertySpec>;

function resolveColumn(entity: AnyEntity, place: string, column: string, stored: Stored): PropertySpec {
  const own = stored.get(column);
  if (own) return own;
  const relation = schemaOf(entity).relations.find(([name, candidate]) => name === column && isOwner(candidate));
  const key = relation && stored.get(foreignKeyOf(entity, ...relation));
  if (key) return key;
  throw modelErrors.unknownColumn(entity.name, place, column, [...stored.keys()]);
}

/** Only B-trees can be unique, and GIN looks into values, of which only lists and JSON have any. */
function checkMethod(model: string, { type, unique }: { type?: string; unique?: boolean }, on: readonly string[], stored: Stored): void {
  if (type === undefined) return;
  const method = type.toLowerCase();
  if (!/^[a-z_]\w*$/.test(method)) throw modelErrors.indexMethod(model, type, "which is no name");
  if (unique && method !== "btree") throw modelErrors.indexMethod(model, type, "which cannot be unique");
  const plain = on.find((name) => !["json", "array"].includes(stored.get(name)?.kind ?? ""));
  if (method === "gin" && plain !== undefined)
    throw modelErrors.indexMethod(model, type, `which looks into lists and JSON, and "${plain}" is neither`);
}
