import type { SqlExecutor } from "@velella/kernel";
import { dataErrors, describe } from "../errors";
import type { ModelSpec, RelationSpec } from "../spec/model-spec";
import { executePlan, relatedResult } from "./create";
import { CreatePlan, keyOf } from "./create-plan";
import type { Key, NewRow } from "./create-plan";
import { givenValue, setColumn } from "./records";
import type { ColumnRecord } from "./records";
import { adoptRows, currentChildren, replacePairs } from "./relations";
import type { Pair } from "./relations";
import type { Row } from "./scope";

/** What an update does to one row. */
export interface PlannedUpdate {
  readonly key: unknown;
  readonly record: ColumnRecord;
  /** New rows that this one will refer to. */
  readonly owners: { readonly column: string; readonly row: NewRow }[];
  /** Relations that were given, whose keys are not in this row. */
  readonly related: { readonly relation: RelationSpec; readonly items: readonly unknown[] }[];
}

/**
 * Checks a change of one row. Unknown properties, `updated_at` and computed properties are ignored.
 *
 * @param owners Gets the new rows that this one will refer to.
 */
export function planUpdate(spec: ModelSpec, key: unknown, change: Row, owners: CreatePlan): PlannedUpdate {
  const update: PlannedUpdate = { key, record: {}, owners: [], related: [] };
  for (const property of spec.properties) {
    const value = givenValue(property, change);
    if (value === undefined || property.primaryKey || property.computed || property.name === "updated_at") continue;
    if (value === null && !property.nullable) throw dataErrors.nullNotAllowed(spec.name, property.name);
    setColumn(update.record, spec, property, value);
  }
  for (const relation of spec.relations) {
    const value = change[relation.name];
    if (value === undefined) continue;
    if (relation.owner) planOwner(spec, update, relation, value, owners);
    else if (relation.kind === "hasOne") update.related.push({ relation, items: value === null ? [] : [value] });
    else if (Array.isArray(value)) update.related.push({ relation, items: value });
    else if (value !== null) throw dataErrors.badData(`${spec.name}.${relation.name}`, "a list", describe(value));
  }
  return update;
}

function planOwner(spec: ModelSpec, update: PlannedUpdate, relation: RelationSpec, value: unknown, owners: CreatePlan): void {
  const column = relation.foreignKey as string;
  const property = spec.propertyByName.get(column);
  // The key itself is the more exact statement, where both are given.
  if (!property || column in update.record) return;
  if (value === null && !property.nullable) throw dataErrors.nullNotAllowed(spec.name, relation.name);
  const target = relation.target();
  const key = value === null ? { key: null } : keyOf(target, value, true);
  if (key) return setColumn(update.record, spec, property, key.key);
  update.owners.push({ column, row: owners.add(target, value) });
}

/** Creates the rows that updated ones will refer to, and fills in their keys. */
export async function beforeUpdate(executor: SqlExecutor, planned: readonly PlannedUpdate[], owners: CreatePlan): Promise<void> {
  await executePlan(executor, owners);
  for (const update of planned) {
    for (const { column, row } of update.owners) update.record[column] = row.row?.[row.spec.primaryKey[0] as string];
  }
}

/** Updates rows of another model inside the same transaction. */
export type UpdateInside = (target: ModelSpec, changes: readonly Row[]) => Promise<Row[]>;

/** Writes the related rows of updates, and puts them into the results. */
export async function applyRelations(
  executor: SqlExecutor,
  spec: ModelSpec,
  planned: readonly PlannedUpdate[],
  results: ReadonlyMap<unknown, Row>,
  updateInside: UpdateInside,
): Promise<void> {
  const relations = new Set(planned.flatMap((update) => update.related.map(({ relation }) => relation)));
  for (const relation of relations) {
    const given = planned.flatMap((update) =>
      update.related.filter((entry) => entry.relation === relation).map(({ items }) => ({ owner: update.key, items })),
    );
    if (relation.kind === "manyToMany") await applyPairs(executor, spec, relation, given, results);
    else if (relation.kind === "hasMany") await applyChildren(executor, relation, given, results);
    else await applyChild(executor, spec, relation, given, results, updateInside);
  }
}

type Given = readonly { readonly owner: unknown; readonly items: readonly unknown[] }[];

async function applyPairs(
  executor: SqlExecutor,
  spec: ModelSpec,
  relation: RelationSpec,
  given: Given,
  results: ReadonlyMap<unknown, Row>,
): Promise<void> {
  const target = relation.target();
  const plan = new CreatePlan();
  const rows = given.map(({ owner, items }) => ({ owner, rows: items.map((item) => keyOf(target, item, true) ?? plan.add(target, item)) }));
  await executePlan(executor, plan);
  const pairs = rows.flatMap(({ owner, rows: list }) => list.map((row) => ({ own: owner, target: keyValue(target, row) })));
  await replacePairs(
    executor,
    spec,
    relation,
    rows.map(({ owner }) => owner),
    pairs,
  );
  for (const { owner, rows: list } of rows) Object.assign(results.get(owner) as Row, relatedResult(relation, list));
}

async function applyChildren(
  executor: SqlExecutor,
  relation: RelationSpec,
  given: Given,
  results: ReadonlyMap<unknown, Row>,
): Promise<void> {
  const target = relation.target();
  const column = relation.foreignKey as string;
  const plan = new CreatePlan();
  const rows = given.map(({ owner, items }) => ({
    owner,
    rows: items.map((item) => keyOf(target, item, false) ?? plan.add(target, item, 0, { column, value: owner })),
  }));
  await executePlan(executor, plan);
  const adopted = rows.flatMap(({ owner, rows: list }) => list.flatMap((row) => ("key" in row ? [{ own: owner, target: row.key }] : [])));
  if (adopted.length > 0) await adoptRows(executor, relation, adopted);
  for (const { owner, rows: list } of rows) Object.assign(results.get(owner) as Row, relatedResult(relation, list));
}

/** A hasOne: changes the rows that are there, or creates them; null lets go of them. All of one kind at once. */
async function applyChild(
  executor: SqlExecutor,
  spec: ModelSpec,
  relation: RelationSpec,
  given: Given,
  results: ReadonlyMap<unknown, Row>,
  updateInside: UpdateInside,
): Promise<void> {
  const target = relation.target();
  const key = target.primaryKey[0] as string;
  const column = relation.foreignKey as string;
  const present = await currentChildren(
    executor,
    spec,
    relation,
    given.map(({ owner }) => owner),
  );
  const letGo: Row[] = [];
  const adopted: Pair[] = [];
  const changed: { owner: unknown; change: Row }[] = [];
  const plan = new CreatePlan();
  const related = new Map<unknown, readonly (NewRow | Key)[]>();
  for (const { owner, items } of given) {
    const current = present.get(owner);
    const [item] = items;
    const reference = keyOf(target, item, false);
    if (item === undefined) {
      if (current) letGo.push({ ...current, [column]: null });
      related.set(owner, []);
    } else if (reference) {
      if (reference.key !== current?.[key]) adopted.push({ own: owner, target: reference.key });
      related.set(owner, [reference]);
    } else if (current && (!(item as Row)[key] || (item as Row)[key] === current[key])) {
      changed.push({ owner, change: { ...(item as Row), ...current } });
    } else {
      related.set(owner, [plan.add(target, item, 0, { column, value: owner })]);
    }
  }
  // First what makes room for others.
  await updateInside(target, letGo);
  if (adopted.length > 0) await adoptRows(executor, relation, adopted);
  const rows = await updateInside(
    target,
    changed.map(({ change }) => change),
  );
  await executePlan(executor, plan);
  for (const [owner, list] of related) Object.assign(results.get(owner) as Row, relatedResult(relation, list));
  for (const [index, { owner }] of changed.entries()) (results.get(owner) as Row)[relation.name] = rows[index];
}

function keyValue(target: ModelSpec, row: NewRow | Key): unknown {
  return "key" in row ? row.key : row.row?.[target.primaryKey[0] as string];
}
