import type { SqlExecutor } from "@velella/kernel";
import { dataErrors, describe } from "../errors";
import { defaultEdges } from "../plan/edges";
import { compileHydrator } from "../read/hydrator";
import type { Hydrator } from "../read/hydrator";
import { relationSubquery } from "../read/json-select";
import { selectionOf } from "../read/selection";
import type { ModelSpec } from "../spec/model-spec";
import { Aliases } from "../sql/aliases";
import { hidesDeleted } from "../sql/join";
import { identityOf, PlanCache } from "../sql/plan-cache";
import { quote } from "../sql/quote";
import { withDataErrors } from "../sql/database-errors";
import { CreatePlan } from "./create-plan";
import { identityOfKey, keyColumns, keyIn, keyOfRow, keyText } from "./keys";
import type { RowKey } from "./keys";
import { recordParams, recordPlaceholders, recordsJson, recordTable } from "./records";
import type { ColumnRecord } from "./records";
import type { Row, WriteScope } from "./scope";
import { applyRelations, beforeUpdate, planUpdate } from "./update-plan";
import type { PlannedUpdate } from "./update-plan";

interface UpdatePlan {
  text: string;
  hydrate: Hydrator;
}

const plans = new PlanCache<UpdatePlan>(500);

/** Which rows an update may change. */
export interface UpdateOptions {
  /** Identities of keys whose rows are changed although they are soft-deleted. */
  readonly deleted?: ReadonlySet<unknown>;
}

/**
 * Updates rows by their primary key, and gives them back in the same order, with all own columns and the relations that
 * were written. Lists of a many-to-many relation replace what was there; other related rows are added.
 * `updated_at` is always the time of the transaction. Several changes of one row are merged.
 *
 * @throws AppError `data.update_of_missing` for a row that does not exist, or is soft-deleted and not among `options.deleted`;
 *   and the other `data.…` ones.
 */
export async function updateRows(scope: WriteScope, spec: ModelSpec, changes: readonly Row[], options: UpdateOptions = {}): Promise<Row[]> {
  if (changes.length === 0) return [];
  const merged = new Map<unknown, { key: RowKey; change: Row }>();
  const keys = changes.map((change) => {
    if (typeof change !== "object" || change === null)
      throw dataErrors.badData(`The data of a ${spec.name}`, "an object", describe(change));
    const key = keyIn(spec, change);
    const identity = identityOfKey(spec, key);
    merged.set(identity, { key, change: { ...merged.get(identity)?.change, ...change } });
    return identity;
  });
  const owners = new CreatePlan();
  const planned = [...merged.values()].map(({ key, change }) => planUpdate(spec, key, change, owners));
  const groupOf = (update: PlannedUpdate) => {
    const columns = Object.keys(update.record).sort().join();
    return isDeleted(update, spec, options) ? `deleted/${columns}` : columns;
  };
  const groups = groupBy(planned, groupOf);
  const isSimple = planned.every((update) => update.related.length === 0 && update.owners.length === 0);
  const rows = await withDataErrors(spec, "write", () =>
    scope.write(isSimple && groups.size === 1, async (executor) => {
      await beforeUpdate(executor, planned, owners);
      const updated = new Map<unknown, Row>();
      // The columns of a group may have grown by keys of rows that were just created.
      for (const group of groupBy(planned, groupOf).values()) {
        const withDeleted = isDeleted(group[0] as PlannedUpdate, spec, options);
        for (const row of await updateGroup(executor, spec, group, withDeleted)) updated.set(identityOfKey(spec, keyOfRow(spec, row)), row);
      }
      const missing = planned.find((update) => !updated.has(identityOfKey(spec, update.key)));
      if (missing) throw dataErrors.updateOfMissing(spec.name, spec.primaryKey.join(", "), keyText(spec, missing.key));
      await applyRelations(executor, spec, planned, updated, (target, rows) =>
        updateRows({ write: (_single, work) => work(executor) }, target, rows),
      );
      return updated;
    }),
  );
  return keys.map((value) => rows.get(value) as Row);
}

function isDeleted(update: PlannedUpdate, spec: ModelSpec, { deleted }: UpdateOptions): boolean {
  return deleted?.has(identityOfKey(spec, update.key)) ?? false;
}

async function updateGroup(executor: SqlExecutor, spec: ModelSpec, group: readonly PlannedUpdate[], withDeleted: boolean): Promise<Row[]> {
  const records: ColumnRecord[] = group.map((update) => ({ ...update.record, ...keyColumns(spec, update.key) }));
  const columns = Object.keys(group[0]?.record ?? {}).sort();
  const single = records.length === 1 ? (records[0] as ColumnRecord) : undefined;
  const shape = `${identityOf(spec)}/${single ? "1" : "n"}${withDeleted ? "d" : ""}/${columns.join()}`;
  const { plan, name } = plans.get(shape, () => compileUpdate(spec, columns, single !== undefined, withDeleted));
  const params = single ? recordParams(spec, [...spec.primaryKey, ...columns], single) : [recordsJson(spec, records)];
  const { rows } = await executor.query<Row>(plan.text, params, name);
  return plan.hydrate(rows);
}

function compileUpdate(spec: ModelSpec, columns: readonly string[], isSingle: boolean, withDeleted: boolean): UpdatePlan {
  const context = { aliases: new Aliases(), withDeleted: false };
  const table = context.aliases.next();
  const keys = spec.primaryKey;
  const selection = selectionOf(spec, { scalars: new Set(["*"]), relations: new Map() }, defaultEdges);
  const placeholders = recordPlaceholders(spec, [...keys, ...columns], 1);
  const value = (column: string, index: number) => (isSingle ? placeholders[index] : `x.${quote(column)}`);
  const sets = columns.map((column, index) => `${quote(column)} = ${value(column, index + keys.length)}`);
  if (spec.propertyByName.has("updated_at")) sets.push(`"updated_at" = now()`);
  const isRow = keys.map((key, index) => `${table}.${quote(key)} = ${value(key, index)}`);
  const where = [...isRow, hidesDeleted(spec, table, withDeleted)].filter((part) => part !== undefined);
  const returned = [
    ...selection.columns.map((column) => `${table}.${quote(column.name)}`),
    ...selection.relations.map((relation) => `${relationSubquery(relation, table, [], context)} as ${quote(relation.edge.name)}`),
  ];
  const source = isSingle ? "" : ` from ${recordTable(spec, [...columns, ...keys], 1, "x")}`;
  const text = `update ${quote(spec.table)} ${table} set ${sets.join(", ")}${source} where ${where.join(" and ")} returning ${returned.join(", ")}`;
  return { text, hydrate: compileHydrator(selection) };
}

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
