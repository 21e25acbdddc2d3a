import type { GraphEntity, RecordEdge } from "./graph";
import { hiddenName } from "./plan";
import type { PlanNode } from "./plan";

type Row = Record<string, unknown>;

/** A key of a link that refers to a record which is not there. */
export interface MissingRecord {
  readonly edge: RecordEdge;
  readonly entity: GraphEntity;
  readonly key: string;
  readonly value: unknown;
}

/** Compares the keys that links of these rows hold with the records that came. */
export function missingRecords(node: PlanNode, rows: readonly Row[]): MissingRecord[] {
  const missing: MissingRecord[] = [];
  for (const [name, { edge }] of [...node.inline, ...node.crossings]) {
    if (edge.origin === "relation" || edge.origin === "linkRow" || (name.startsWith(".") && edge.origin === "link")) continue;
    const link = edge.steps ? node.inline.get(hiddenName(edge.steps[0]!)) : undefined;
    const row = link?.node.entity.edges.get(edge.steps![1]!);
    const [key, to] = row?.kind === "record" ? [row.from, row.to!] : [edge.from, edge.to!];
    for (const parent of rows) {
      const holders = link ? listOf(parent[hiddenName(edge.steps![0]!)]) : [parent];
      const present = new Set(listOf(parent[name]).map((record) => record[to]));
      for (const value of holders.flatMap((holder) => holder[key] ?? [])) {
        if (!present.has(value)) missing.push({ edge, entity: edge.target, key: to, value });
      }
    }
  }
  return missing;
}

const listOf = (value: unknown): Row[] => (value === undefined || value === null ? [] : ([value].flat() as Row[]));
