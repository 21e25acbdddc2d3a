import type { SqlExecutor } from "@velella/kernel";
import type { ModelSpec, RelationSpec } from "../spec/model-spec";
import { CreatePlan } from "./create-plan";
import type { Key, NewRow } from "./create-plan";
import { withDataErrors } from "../sql/database-errors";
import { insertRecords, isOneInsert } from "./insert";
import { adoptRows, linkPairs } from "./relations";
import type { Row, WriteScope } from "./scope";

/**
 * Creates rows with everything nested in them, in one transaction, and gives them back in the same order.
 * Lists of a relation are `[]` where none was given; rows referred to by their key come as `{id}`.
 *
 * @throws ValidationError for missing values; AppError `data.…` for the rest.
 */
export async function createRows(scope: WriteScope, spec: ModelSpec, data: readonly unknown[]): Promise<Row[]> {
  if (data.length === 0) return [];
  const plan = new CreatePlan();
  const roots = data.map((item) => plan.add(spec, item));
  const single =
    plan.rows.length === roots.length &&
    isOneInsert(roots.length) &&
    roots.every((node) => node.related.every(({ rows }) => rows.length === 0));
  await withDataErrors(spec, "write", () => scope.write(single, (executor) => executePlan(executor, plan)));
  return roots.map(resultOf);
}

/** Runs a plan inside the caller's transaction. */
export async function executePlan(executor: SqlExecutor, plan: CreatePlan): Promise<void> {
  const levels = new Map<number, Map<ModelSpec, NewRow[]>>();
  for (const node of plan.rows) {
    const bySpec = levels.get(node.level) ?? new Map<ModelSpec, NewRow[]>();
    levels.set(node.level, bySpec);
    const nodes = bySpec.get(node.spec);
    if (nodes) nodes.push(node);
    else bySpec.set(node.spec, [node]);
  }
  for (const level of [...levels.keys()].sort((a, b) => a - b)) {
    for (const [spec, nodes] of levels.get(level) as Map<ModelSpec, NewRow[]>) await insertNodes(executor, spec, nodes);
  }
  await relateNodes(executor, plan.rows);
}

async function insertNodes(executor: SqlExecutor, spec: ModelSpec, nodes: readonly NewRow[]): Promise<void> {
  for (const node of nodes) for (const { column, to } of node.references) node.record[column] = keyOfNode(to);
  const rows = await insertRecords(
    executor,
    spec,
    nodes.map((node) => node.record),
  );
  nodes.forEach((node, index) => (node.row = rows[index]));
}

/** Ties rows to those that existed before, and writes the pairs of many-to-many relations. */
async function relateNodes(executor: SqlExecutor, nodes: readonly NewRow[]): Promise<void> {
  const byRelation = new Map<RelationSpec, { spec: ModelSpec; pairs: { own: unknown; target: unknown }[] }>();
  for (const node of nodes) {
    for (const { relation, rows } of node.related) {
      const entry = byRelation.get(relation) ?? { spec: node.spec, pairs: [] };
      byRelation.set(relation, entry);
      for (const row of rows) {
        if ("key" in row) entry.pairs.push({ own: keyOfNode(node), target: row.key });
        else if (relation.kind === "manyToMany") entry.pairs.push({ own: keyOfNode(node), target: keyOfNode(row) });
      }
    }
  }
  for (const [relation, { spec, pairs }] of byRelation) {
    if (pairs.length === 0) continue;
    if (relation.kind === "manyToMany") await linkPairs(executor, spec, relation, pairs);
    else await adoptRows(executor, relation, pairs);
  }
}

function keyOfNode(node: NewRow): unknown {
  const key = node.spec.primaryKey[0] as string;
  return node.row?.[key] ?? node.record[key];
}

function resultOf(node: NewRow): Row {
  const result: Row = { ...node.row };
  for (const relation of node.spec.relations) if (relation.kind === "hasMany" || relation.kind === "manyToMany") result[relation.name] = [];
  for (const { relation, rows } of node.related) Object.assign(result, relatedResult(relation, rows));
  return result;
}

/** The rows of a relation as they were given, in the form of a result. */
export function relatedResult(relation: RelationSpec, rows: readonly (NewRow | Key)[]): Row {
  const key = relation.target().primaryKey[0] as string;
  const results = rows.map((row) => ("key" in row ? { [key]: row.key } : resultOf(row)));
  return { [relation.name]: relation.kind === "hasOne" ? (results[0] ?? null) : results };
}
