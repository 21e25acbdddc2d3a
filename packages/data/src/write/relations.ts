import type { SqlExecutor } from "@velella/kernel";
import type { ModelSpec, PivotSpec, PropertySpec, RelationSpec } from "../spec/model-spec";
import { quote } from "../sql/quote";
import { columnValue } from "../sql/values";
import { dataErrors } from "../errors";
import { CreatePlan } from "./create-plan";
import { insertRecords } from "./insert";
import { isComposite } from "./keys";
import { columnType } from "./records";
import type { Row } from "./scope";

/** The keys of two rows that belong together. */
export interface Pair {
  readonly own: unknown;
  readonly target: unknown;
}

/** Adds pairs to a many-to-many relation; those that exist already stay. */
export async function linkPairs(executor: SqlExecutor, spec: ModelSpec, relation: RelationSpec, pairs: readonly Pair[]): Promise<void> {
  const pivot = pivotOf(relation);
  const checked = checkedPairs(spec, relation, pairs);
  const own = quote(pivot.ownColumn);
  const target = quote(pivot.targetColumn);
  const table = pairTable(spec, relation);
  if (!pivot.entity) {
    const text = `insert into ${quote(pivot.table)} (${own}, ${target}) select x.o, x.t from ${table} on conflict do nothing`;
    await executor.query(text, [JSON.stringify(checked.map(({ own: o, target: t }) => ({ o, t })))]);
    return;
  }
  // The pivot is a model: its rows get ids and defaults like any other.
  const entity = pivot.entity();
  if (isComposite(entity)) await revivePairs(executor, entity.table, `${own} = x.o and p.${target} = x.t`, table, checked);
  const visible = entity.propertyByName.has("deleted_at") ? ` and p."deleted_at" is null` : "";
  const missing = `select x.o, x.t from ${table} where not exists (select 1 from ${quote(pivot.table)} p where p.${own} = x.o and p.${target} = x.t${visible})`;
  const { rows } = await executor.query<{ o: unknown; t: unknown }>(missing, [
    JSON.stringify(checked.map(({ own: o, target: t }) => ({ o, t }))),
  ]);
  if (rows.length === 0) return;
  const plan = new CreatePlan();
  for (const row of rows) plan.add(entity, { [pivot.ownColumn]: row.o, [pivot.targetColumn]: row.t });
  await insertRecords(
    executor,
    entity,
    plan.rows.map((node) => node.record),
  );
}

/** Where the pair itself is the primary key, a deleted one is in the way of a new one: it comes back instead. */
async function revivePairs(executor: SqlExecutor, pivot: string, same: string, table: string, pairs: readonly Pair[]): Promise<void> {
  const text = `update ${quote(pivot)} p set "deleted_at" = null, "updated_at" = now() from ${table} where p.${same} and p."deleted_at" is not null`;
  await executor.query(text, [JSON.stringify(pairs.map(({ own: o, target: t }) => ({ o, t })))]);
}

/** Makes the pairs of some rows exactly these. */
export async function replacePairs(
  executor: SqlExecutor,
  spec: ModelSpec,
  relation: RelationSpec,
  owners: readonly unknown[],
  pairs: readonly Pair[],
): Promise<void> {
  const pivot = pivotOf(relation);
  const own = quote(pivot.ownColumn);
  const kept = `select 1 from ${pairTable(spec, relation, 2)} where x.o = p.${own} and x.t = p.${quote(pivot.targetColumn)}`;
  const text = `delete from ${quote(pivot.table)} p where p.${own} = any($1) and not exists (${kept})`;
  await executor.query(text, [owners, JSON.stringify(checkedPairs(spec, relation, pairs).map(({ own: o, target: t }) => ({ o, t })))]);
  if (pairs.length > 0) await linkPairs(executor, spec, relation, pairs);
}

/** Makes existing rows children of others: sets their foreign key. */
export async function adoptRows(executor: SqlExecutor, relation: RelationSpec, pairs: readonly Pair[]): Promise<void> {
  const target = relation.target();
  const key = target.primaryKey[0] as string;
  const foreignKey = relation.foreignKey as string;
  const property = target.propertyByName.get(key) as PropertySpec;
  const records = pairs.map((pair) => ({ k: columnValue(target, property, pair.target), o: pair.own }));
  const type = (name: string) => columnType(target.propertyByName.get(name) as PropertySpec);
  const source = `json_to_recordset($1::json) as x(k ${type(key)}, o ${type(foreignKey)})`;
  const text = `update ${quote(target.table)} c set ${quote(foreignKey)} = x.o, "updated_at" = now() from ${source} where c.${quote(key)} = x.k returning c.${quote(key)} as key`;
  const { rows } = await executor.query<{ key: unknown }>(text, [JSON.stringify(records)]);
  const found = new Set(rows.map((row) => row.key));
  const missing = records.find((record) => !found.has(record.k));
  if (missing) throw dataErrors.updateOfMissing(target.name, key, String(missing.k));
}

/** The rows of a to-one relation whose key is on the other side, by the key of the row on this side. */
export async function currentChildren(
  executor: SqlExecutor,
  spec: ModelSpec,
  relation: RelationSpec,
  owners: readonly unknown[],
): Promise<Map<unknown, Row>> {
  const target = relation.target();
  const foreignKey = quote(relation.foreignKey as string);
  const key = quote(target.primaryKey[0] as string);
  const text = `select ${key} as key, ${foreignKey} as owner from ${quote(target.table)} where ${foreignKey} = any($1) and "deleted_at" is null`;
  const { rows } = await executor.query<{ key: unknown; owner: unknown }>(text, [owners]);
  return new Map(rows.map((row) => [row.owner, { [target.primaryKey[0] as string]: row.key }]));
}

function pivotOf(relation: RelationSpec): PivotSpec {
  return (relation.pivot as NonNullable<RelationSpec["pivot"]>)();
}

function pairTable(spec: ModelSpec, relation: RelationSpec, param = 1): string {
  return `json_to_recordset($${param}::json) as x(o ${keyType(spec)}, t ${keyType(relation.target())})`;
}

function checkedPairs(spec: ModelSpec, relation: RelationSpec, pairs: readonly Pair[]): Pair[] {
  const target = relation.target();
  const property = target.propertyByName.get(target.primaryKey[0] as string) as PropertySpec;
  const seen = new Set<string>();
  return pairs
    .map((pair) => ({ own: pair.own, target: columnValue(target, property, pair.target) }))
    .filter((pair) => {
      const mark = JSON.stringify([pair.own, pair.target]);
      return !seen.has(mark) && seen.add(mark);
    });
}

function keyType(spec: ModelSpec): string {
  return columnType(spec.propertyByName.get(spec.primaryKey[0] as string) as PropertySpec);
}
