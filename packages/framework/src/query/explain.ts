import { prepareRead } from "@velella/data";
import { fieldTree } from "./executor";
import type { QueryRun, RowRequest } from "./executor";
import { edgeName } from "./plan";
import type { PlanBranch, PlanNode } from "./plan";
import { sourceName } from "./service-source";

/** How a query would be answered. */
export interface QueryExplanation {
  /** The plan as a tree, one line per call. */
  readonly plan: string;
  /** The statement that reads the root; undefined when a service does. */
  readonly sql: string | undefined;
  readonly params: readonly unknown[];
  /** PostgreSQL's own plan, with `analyze`. */
  readonly postgres: string | undefined;
}

/** Describes a plan; with `analyze` PostgreSQL runs the statement and tells how. */
export async function explainPlan(
  run: QueryRun,
  root: PlanNode,
  request: RowRequest,
  options: { analyze?: boolean },
): Promise<QueryExplanation> {
  const lines: string[] = [];
  describe(root, "", lines);
  const plan = lines.join("\n");
  if (root.source === "service") return { plan, sql: undefined, params: [], postgres: undefined };
  const { read, params } = prepareRead({ spec: root.entity.spec!, fields: fieldTree(root), edges: run.graph.edges, ...request });
  const sql = read.plan.text;
  if (!options.analyze) return { plan, sql, params, postgres: undefined };
  const { rows } = await run.executor.query<Record<string, string>>(`explain (analyze, buffers) ${sql}`, params);
  return { plan, sql, params, postgres: rows.map((row) => Object.values(row)[0]).join("\n") };
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
