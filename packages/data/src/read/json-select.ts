import type { Aliases } from "../sql/aliases";
import { joinClause } from "../sql/join";
import { quote } from "../sql/quote";
import { completeOrder, isUnique, orderExpression } from "./order";
import type { OrderTerm } from "./order";
import type { SelectedColumn, SelectedRelation, Selection } from "./selection";

/** PostgreSQL takes at most 100 arguments; longer rows are arrays of arrays. */
const chunk = 90;

interface SelectContext {
  readonly aliases: Aliases;
  readonly withDeleted: boolean;
}

/**
 * The subquery that gives the rows at the other end of a relation as JSON: an array of arrays for a to-many relation,
 * an array or null for a to-one. `order` holds the terms that begin with this relation.
 */
export function relationSubquery(
  { edge, selection }: SelectedRelation,
  outer: string,
  order: readonly OrderTerm[],
  context: SelectContext,
): string {
  const inner = context.aliases.next();
  const { from, on } = joinClause(edge, outer, inner, context);
  const own = order.filter((term) => term.path[0]?.name === edge.name).map((term) => ({ ...term, path: term.path.slice(1) }));
  const row = jsonRow(selection, inner, own, context);
  if (!edge.many && isUnique(edge)) return `(select ${row} from ${from} where ${on})`;
  const sorting = completeOrder(edge.target, own)
    .map((term) => `${orderExpression(term, inner, context)} ${term.direction}`)
    .join(", ");
  if (!edge.many) return `(select ${row} from ${from} where ${on} order by ${sorting} limit 1)`;
  return `(select coalesce(json_agg(${row} order by ${sorting}), '[]'::json) from ${from} where ${on})`;
}

function jsonRow(selection: Selection, alias: string, order: readonly OrderTerm[], context: SelectContext): string {
  const values = [
    ...selection.columns.map((column) => jsonValue(column, alias)),
    ...selection.relations.map((relation) => relationSubquery(relation, alias, order, context)),
  ];
  if (values.length <= chunk) return `json_build_array(${values.join(", ")})`;
  const chunks: string[] = [];
  for (let start = 0; start < values.length; start += chunk)
    chunks.push(`json_build_array(${values.slice(start, start + chunk).join(", ")})`);
  return `json_build_array(${chunks.join(", ")})`;
}

/** Code for the value at a position of the array that {@link relationSubquery} gives for a row. */
export function jsonColumn(array: string, selection: Selection, index: number): string {
  const isChunked = selection.columns.length + selection.relations.length > chunk;
  return isChunked ? `${array}[${Math.floor(index / chunk)}][${index % chunk}]` : `${array}[${index}]`;
}

function jsonValue(column: SelectedColumn, alias: string): string {
  // As a JSON number it would be rounded by JSON.parse.
  return `${alias}.${quote(column.name)}${column.kind === "number" ? "::text" : ""}`;
}
