import type { SqlExecutor } from "@velella/kernel";
import type { ModelSpec, PropertySpec, RelationSpec } from "../spec/model-spec";
import { toSnakeCase } from "../spec/naming";
import { identityOf, PlanCache } from "../sql/plan-cache";
import { quote } from "../sql/quote";
import { withDataErrors } from "../sql/database-errors";
import { isComposite, keysCondition, keysParam } from "./keys";
import type { RowKey } from "./keys";
import { columnType } from "./records";
import type { WriteScope } from "./scope";

const plans = new PlanCache<string>(500);

/**
 * Keys of rows by linkable key: `{artist_id: ["art_1"], album_id: ["alb_1", "alb_2"]}`. A primary key of several columns
 * has an entry for each of them.
 */
export type TouchedKeys = Record<string, string[]>;

/** Deletes rows for good, by primary key. Keys that do not exist are no error. */
export async function deleteRows(scope: WriteScope, spec: ModelSpec, keys: readonly RowKey[]): Promise<void> {
  if (keys.length === 0) return;
  const text = planText(spec, "delete", () => `delete from ${quote(spec.table)} where ${keysCondition(spec, 1)}`);
  await withDataErrors(spec, "delete", () =>
    scope.write(true, (executor) => executor.query(text.plan, [keysParam(spec, keys)], text.name)),
  );
}

/**
 * Soft-deletes rows, and what goes with them: along the "delete" cascades of their models the rows that belong to them,
 * along the "detach" cascades the pairs of manyToMany relations that are rows of a model. Pairs of a plain pivot table
 * stay: they are not to be seen without their row, and come back with it.
 *
 * Gives the keys of all rows that were deleted by this call.
 */
export async function softDeleteRows(scope: WriteScope, spec: ModelSpec, keys: readonly RowKey[]): Promise<TouchedKeys> {
  const touched = new Map<string, Set<string>>();
  if (keys.length > 0) {
    await withDataErrors(spec, "write", () =>
      scope.write(followersOf(spec).length === 0, (executor) =>
        softDelete(executor, spec, keysCondition(spec, 1), keysParam(spec, keys), touched),
      ),
    );
  }
  return plain(touched);
}

async function softDelete(
  executor: SqlExecutor,
  spec: ModelSpec,
  condition: string,
  param: unknown,
  touched: Map<string, Set<string>>,
): Promise<void> {
  const { plan, name } = planText(spec, `soft ${condition}`, () => {
    const where = `${condition} and "deleted_at" is null`;
    return `update ${quote(spec.table)} set "deleted_at" = now(), "updated_at" = now() where ${where} returning ${keyList(spec)}`;
  });
  const { rows } = await executor.query<Row>(plan, [param], name);
  const deleted = note(touched, spec, rows);
  if (deleted.length === 0) return;
  for (const { target, foreignKey } of followersOf(spec))
    await softDelete(executor, target, `${quote(foreignKey)} = any($1)`, deleted, touched);
}

/**
 * Undoes soft deletes: of the rows, and of what was deleted together with them or after.
 * What had been deleted on its own before stays deleted.
 *
 * @throws AppError `data.taken_meanwhile` where a unique value of one of the rows is in use by now; nothing is restored then.
 */
export async function restoreRows(scope: WriteScope, spec: ModelSpec, keys: readonly RowKey[]): Promise<TouchedKeys> {
  const touched = new Map<string, Set<string>>();
  if (keys.length > 0) {
    await withDataErrors(spec, "restore", () =>
      scope.write(followersOf(spec).length === 0, async (executor) => {
        const { plan, name } = planText(spec, "restore", () =>
          restoreText(
            spec,
            `select ${keyList(spec)}, "deleted_at" as "$at" from ${quote(spec.table)} where ${keysCondition(spec, 1)} and "deleted_at" is not null`,
          ),
        );
        const { rows } = await executor.query<Row>(plan, [keysParam(spec, keys)], name);
        await restoreFollowers(executor, spec, rows, touched);
      }),
    );
  }
  return plain(touched);
}

/** Restores what was deleted together with rows that were just restored. */
async function restoreFollowers(
  executor: SqlExecutor,
  spec: ModelSpec,
  rows: readonly Row[],
  touched: Map<string, Set<string>>,
): Promise<void> {
  if (note(touched, spec, rows).length === 0) return;
  const parents = JSON.stringify(rows.map((row) => ({ key: row[spec.primaryKey[0] as string], at: row.$at })));
  for (const { target, foreignKey } of followersOf(spec)) {
    const { plan, name } = planText(target, `restore by ${foreignKey}`, () => {
      const type = columnType(target.propertyByName.get(foreignKey) as PropertySpec);
      const source = `json_to_recordset($1::json) as x(key ${type}, at timestamptz)`;
      const columns = target.primaryKey.map((column) => `o.${quote(column)}`).join(", ");
      const from = `from ${quote(target.table)} o join ${source} on o.${quote(foreignKey)} = x.key`;
      return restoreText(target, `select ${columns}, o."deleted_at" as "$at" ${from} where o."deleted_at" >= x.at`);
    });
    const restored = await executor.query<Row>(plan, [parents], name);
    await restoreFollowers(executor, target, restored.rows, touched);
  }
}

/** Restores the rows that a statement selects, and tells when each had been deleted, with microseconds. */
function restoreText(spec: ModelSpec, selected: string): string {
  const same = spec.primaryKey.map((column) => `t.${quote(column)} = old.${quote(column)}`).join(" and ");
  const returned = spec.primaryKey.map((column) => `t.${quote(column)}`).join(", ");
  return `with old as (${selected} for update) update ${quote(spec.table)} t set "deleted_at" = null, "updated_at" = now()
    from old where ${same} returning ${returned}, old."$at"::text as "$at"`;
}

type Row = Record<string, unknown>;

interface Follower {
  readonly target: ModelSpec;
  /** The column by which the rows belong to rows of the other model. */
  readonly foreignKey: string;
}

const followers = new WeakMap<ModelSpec, readonly Follower[]>();

/** The models whose rows go and come back together with rows of this one. */
function followersOf(spec: ModelSpec): readonly Follower[] {
  let found = followers.get(spec);
  if (!found) {
    const relations = (names: readonly string[]) => names.map((name) => spec.relationByName.get(name) as RelationSpec);
    found = [...relations(spec.cascades.delete).flatMap(childrenOf), ...relations(spec.cascades.detach).flatMap(pairsOf)];
    followers.set(spec, found);
  }
  return found;
}

/** The linkable keys that a soft delete or a restore of rows of a model can give. */
export function touchableKeys(spec: ModelSpec): ReadonlySet<string> {
  const specs = new Set([spec]);
  for (const one of specs) for (const { target } of followersOf(one)) specs.add(target);
  return new Set([...specs].flatMap((one) => one.primaryKey.map((column) => keyName(one, column))));
}

/** The other side of a many-to-many relation may belong to others as well, and so never follows. */
function childrenOf(relation: RelationSpec): Follower[] {
  return relation.owner || !relation.foreignKey ? [] : [{ target: relation.target(), foreignKey: relation.foreignKey }];
}

function pairsOf(relation: RelationSpec): Follower[] {
  const pivot = relation.pivot?.();
  const entity = pivot?.entity?.();
  return pivot && entity?.propertyByName.has("deleted_at") ? [{ target: entity, foreignKey: pivot.ownColumn }] : [];
}

/** Adds keys to the map, and gives those of the first key column that were new. */
function note(touched: Map<string, Set<string>>, spec: ModelSpec, rows: readonly Row[]): unknown[] {
  if (rows.length === 0) return [];
  const fresh = new Set<unknown>();
  for (const column of spec.primaryKey) {
    const name = keyName(spec, column);
    const known = touched.get(name) ?? new Set<string>();
    touched.set(name, known);
    for (const row of rows) {
      const key = row[column] as string;
      if (column === spec.primaryKey[0] && !known.has(key)) fresh.add(key);
      known.add(key);
    }
  }
  return [...fresh];
}

function keyName(spec: ModelSpec, column: string): string {
  return isComposite(spec) ? `${toSnakeCase(spec.name)}_${column}` : spec.linkableKey;
}

function plain(touched: ReadonlyMap<string, Set<string>>): TouchedKeys {
  return Object.fromEntries([...touched].map(([name, keys]) => [name, [...keys]]));
}

function planText(spec: ModelSpec, operation: string, compile: () => string) {
  return plans.get(`${identityOf(spec)}/${operation}`, compile);
}

function keyList(spec: ModelSpec): string {
  return spec.primaryKey.map(quote).join(", ");
}
