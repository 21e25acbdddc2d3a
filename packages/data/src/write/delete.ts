import type { SqlExecutor } from "@velella/kernel";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";
import { identityOf, PlanCache } from "../sql/plan-cache";
import { quote } from "../sql/quote";
import { columnValue } from "../sql/values";
import { withDataErrors } from "../sql/database-errors";
import type { WriteScope } from "./scope";

const plans = new PlanCache<string>(500);

/** Keys of rows by linkable key: `{artist_id: ["art_1"], album_id: ["alb_1", "alb_2"]}`. */
export type TouchedKeys = Record<string, string[]>;

/** Deletes rows for good, by primary key. Keys that do not exist are no error. */
export async function deleteRows(scope: WriteScope, spec: ModelSpec, keys: readonly unknown[]): Promise<void> {
  if (keys.length === 0) return;
  const text = planText(spec, "delete", () => `delete from ${quote(spec.table)} where ${quote(keyName(spec))} = any($1)`);
  await withDataErrors(spec, "delete", () =>
    scope.write(true, (executor) => executor.query(text.plan, [checkedKeys(spec, keys)], text.name)),
  );
}

/**
 * Soft-deletes rows, and along the "delete" cascades of their models what belongs to them.
 * Gives the keys of all rows that were deleted by this call.
 */
export async function softDeleteRows(scope: WriteScope, spec: ModelSpec, keys: readonly unknown[]): Promise<TouchedKeys> {
  const touched = new Map<string, Set<string>>();
  if (keys.length > 0) {
    await withDataErrors(spec, "write", () =>
      scope.write(cascadesOf(spec).length === 0, (executor) => softDelete(executor, spec, keyName(spec), checkedKeys(spec, keys), touched)),
    );
  }
  return plain(touched);
}

async function softDelete(
  executor: SqlExecutor,
  spec: ModelSpec,
  by: string,
  keys: readonly unknown[],
  touched: Map<string, Set<string>>,
): Promise<void> {
  const key = quote(keyName(spec));
  const { plan, name } = planText(spec, `soft ${by}`, () => {
    const condition = `${quote(by)} = any($1) and "deleted_at" is null`;
    return `update ${quote(spec.table)} set "deleted_at" = now(), "updated_at" = now() where ${condition} returning ${key} as key`;
  });
  const { rows } = await executor.query<{ key: unknown }>(plan, [keys], name);
  const deleted = note(touched, spec, rows);
  if (deleted.length === 0) return;
  for (const { target, foreignKey } of cascadesOf(spec)) await softDelete(executor, target, foreignKey, deleted, touched);
}

/**
 * Undoes soft deletes: of the rows, and of what was deleted together with them or after.
 * What had been deleted on its own before stays deleted.
 */
export async function restoreRows(scope: WriteScope, spec: ModelSpec, keys: readonly unknown[]): Promise<TouchedKeys> {
  const touched = new Map<string, Set<string>>();
  if (keys.length > 0) {
    const parents = checkedKeys(spec, keys).map((key) => ({ key, at: null }));
    await withDataErrors(spec, "write", () =>
      scope.write(cascadesOf(spec).length === 0, (executor) => restore(executor, spec, keyName(spec), parents, touched)),
    );
  }
  return plain(touched);
}

interface Deleted {
  key: unknown;
  /** When it was deleted, with microseconds; null where that does not matter. */
  at: string | null;
}

async function restore(
  executor: SqlExecutor,
  spec: ModelSpec,
  by: string,
  parents: readonly Deleted[],
  touched: Map<string, Set<string>>,
): Promise<void> {
  const { plan, name } = planText(spec, `restore ${by}`, () => {
    const key = quote(keyName(spec));
    const type = sqlType(spec.propertyByName.get(by) as PropertySpec);
    const source = `json_to_recordset($1::json) as x(key ${type}, at timestamptz)`;
    const old = `select o.${key} as key, o."deleted_at" as at from ${quote(spec.table)} o join ${source} on o.${quote(by)} = x.key
      where o."deleted_at" is not null and (x.at is null or o."deleted_at" >= x.at) for update of o`;
    return `with old as (${old}) update ${quote(spec.table)} t set "deleted_at" = null, "updated_at" = now()
      from old where t.${key} = old.key returning t.${key} as key, old.at::text as at`;
  });
  const { rows } = await executor.query<{ key: unknown; at: string }>(plan, [JSON.stringify(parents)], name);
  if (note(touched, spec, rows).length === 0) return;
  for (const { target, foreignKey } of cascadesOf(spec)) await restore(executor, target, foreignKey, rows, touched);
}

/** The models whose rows are deleted together with rows of this one, and the column by which they belong to them. */
function cascadesOf(spec: ModelSpec): { target: ModelSpec; foreignKey: string }[] {
  return spec.cascades.delete.flatMap((name) => {
    const relation = spec.relationByName.get(name);
    // The other side of a many-to-many relation may belong to others as well.
    if (!relation || relation.owner || !relation.foreignKey) return [];
    return [{ target: relation.target(), foreignKey: relation.foreignKey }];
  });
}

/** Adds keys to the map, and gives those that were new. */
function note(touched: Map<string, Set<string>>, spec: ModelSpec, rows: readonly { key: unknown }[]): unknown[] {
  if (rows.length === 0) return [];
  const known = touched.get(spec.linkableKey) ?? new Set<string>();
  touched.set(spec.linkableKey, known);
  const fresh = rows.map((row) => row.key).filter((key) => !known.has(key as string));
  for (const key of fresh) known.add(key as string);
  return fresh;
}

function plain(touched: ReadonlyMap<string, Set<string>>): TouchedKeys {
  return Object.fromEntries([...touched].map(([name, keys]) => [name, [...keys]]));
}

function planText(spec: ModelSpec, operation: string, compile: () => string) {
  return plans.get(`${identityOf(spec)}/${operation}`, compile);
}

function keyName(spec: ModelSpec): string {
  return spec.primaryKey[0] as string;
}

function checkedKeys(spec: ModelSpec, keys: readonly unknown[]): unknown[] {
  const property = spec.propertyByName.get(keyName(spec)) as PropertySpec;
  return keys.map((key) => columnValue(spec, property, key)).filter((key) => key !== null);
}

function sqlType(property: PropertySpec): string {
  return property.sqlType === "serial" ? "integer" : property.sqlType;
}
