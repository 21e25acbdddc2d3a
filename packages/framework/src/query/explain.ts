import { prepareRead } from "@velella/data";
import type { SqlExecutor } from "@velella/kernel";
import { fieldTree } from "./executor";
import type { QueryRun, RowRequest } from "./executor";
import { edgeName } from "./plan";
import type { PlanBranch, PlanNode } from "./plan";
import { sourceName } from "./service-source";

/** A statement of a query. */
export interface ExplainedStatement {
  /**
   * `filter`: finds keys for a condition on records from elsewhere, and was run to explain the query; `rows`: the root, a
   * page with its count; `count`: the count alone, run only where the page comes without one, because a moment ago the
   * filter matched too many rows to count, and is empty; `path.to.field`: what is read by the keys of the rows before it, once
   * for all of them.
   */
  readonly purpose: string;
  readonly sql: string;
  /** The keys of rows that are not read yet stand as an empty list. */
  readonly params: readonly unknown[];
}

/** How a query would be answered. */
export interface QueryExplanation {
  /** The plan as a tree, one line per call. */
  readonly plan: string;
  /** The statement that reads the root; undefined when a service does. */
  readonly sql: string | undefined;
  readonly params: readonly unknown[];
  /** All statements on the app's database, in the order in which they run. */
  readonly statements: readonly ExplainedStatement[];
  /** PostgreSQL's own plan of the root's statement, with `analyze`. */
  readonly postgres: string | undefined;
}

/** An executor that keeps the statements which it passes on. */
export function recording(executor: SqlExecutor): { executor: SqlExecutor; statements: ExplainedStatement[] } {
  const statements: ExplainedStatement[] = [];
  return {
    statements,
    executor: {
      query(text, params = [], name) {
        statements.push({ purpose: "filter", sql: text, params });
        return executor.query(text, params, name);
      },
    },
  };
}

/**
 * Describes a plan; with `analyze` PostgreSQL runs the statement and tells how.
 *
 * @param filters Statements that were run for the filters of the request.
 */
export async function explainPlan(
  run: QueryRun,
  root: PlanNode,
  request: RowRequest,
  filters: readonly ExplainedStatement[],
  options: { analyze?: boolean },
): Promise<QueryExplanation> {
  const lines: string[] = [];
  describe(root, "", lines);
  const statements = [...filters, ...(root.source === "sql" ? rootStatements(run, root, request) : [])];
  collectBelow(run, root, "", statements);
  const plan = lines.join("\n");
  const first = root.source === "sql" ? statements[filters.length] : undefined;
  const explained = { plan, sql: first?.sql, params: first?.params ?? [], statements };
  if (!first || !options.analyze) return { ...explained, postgres: undefined };
  const { rows } = await run.executor.query<Record<string, string>>(`explain (analyze, buffers) ${first.sql}`, first.params);
  return { ...explained, postgres: rows.map((row) => Object.values(row)[0]).join("\n") };
}

function rootStatements(run: QueryRun, root: PlanNode, request: RowRequest): ExplainedStatement[] {
  const { read, params, count, countParams } = prepareRead({
    spec: root.entity.spec!,
    fields: fieldTree(root),
    edges: run.graph.edges,
    ...request,
  });
  const statements = [{ purpose: "rows", sql: read.plan.text, params }];
  if (count) statements.push({ purpose: "count", sql: count().plan, params: countParams });
  return statements;
}

/** The statements of what is read by keys, wherever it hangs. */
function collectBelow(run: QueryRun, node: PlanNode, path: string, statements: ExplainedStatement[]): void {
  for (const [name, branch] of node.inline) collectBelow(run, branch.node, `${path}${edgeName(name)}.`, statements);
  for (const [name, { edge, node: below }] of node.crossings) {
    const place = path + edgeName(name);
    if (below.source === "sql") {
      const request = { filters: { [edge.to!]: [] }, withDeleted: run.withDeleted };
      const { read, params } = prepareRead({ spec: below.entity.spec!, fields: fieldTree(below), edges: run.graph.edges, ...request });
      statements.push({ purpose: place, sql: read.plan.text, params });
    }
    collectBelow(run, below, `${place}.`, statements);
  }
}

function describe(node: PlanNode, indent: string, lines: string[]): void {
  const from = node.source === "sql" ? `sql "${node.entity.spec?.table}"` : `call ${sourceName(node.entity)}`;
  lines.push(`${indent}${node.entity.name} (${from}): ${columns(node)}`);
  describeInside(node, `${indent}  `, lines);
}

function describeInside(node: PlanNode, indent: string, lines: string[]): void {
  for (const [name, branch] of node.inline) {
    lines.push(
      `${indent}${edgeName(name)}${listMark(branch)} (same ${node.source === "sql" ? "statement" : "call"}): ${columns(branch.node)}`,
    );
    describeInside(branch.node, `${indent}  `, lines);
  }
  for (const [name, branch] of node.crossings) {
    lines.push(`${indent}${edgeName(name)}${listMark(branch)} by ${branch.edge.from} = ${branch.edge.to}, one call for all rows:`);
    describe(branch.node, `${indent}  `, lines);
  }
  for (const [name, { fields }] of node.computed)
    lines.push(`${indent}${name} (computed in one call for all rows): ${[...fields].join(", ")}`);
  for (const [name, { path }] of node.forwards) lines.push(`${indent}${edgeName(name)} = ${path.map(edgeName).join(".")}`);
}

const listMark = ({ edge }: PlanBranch) => (edge.many === false ? "" : "[]");

const columns = (node: PlanNode) => [...node.columns].join(", ") || "nothing";
