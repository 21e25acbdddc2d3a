import { dataErrors, describe, UnknownPropertyError } from "../errors";
import type { Edge, EdgeResolver, OrderBy } from "../plan/read-plan";
import type { ModelSpec, PropertySpec } from "../spec/model-spec";
import type { Aliases } from "../sql/aliases";
import { joinClause } from "../sql/join";
import { quote } from "../sql/quote";

/** One key to sort by: a property, reached over no or some relations. */
export interface OrderTerm {
  readonly path: readonly Edge[];
  readonly property: PropertySpec;
  /** `asc` or `desc`, with `nulls first` or `nulls last` where that was asked for. */
  readonly direction: string;
}

const depthLimit = 16;

/**
 * Checks an order. `{artist: {name: "ASC"}}` and `{"artist.name": "ASC"}` say the same.
 *
 * @throws UnknownPropertyError for a name that is neither property nor relation; AppError `data.bad_direction`
 */
export function analyseOrder(spec: ModelSpec, order: OrderBy | undefined, edges: EdgeResolver): readonly OrderTerm[] {
  const terms: OrderTerm[] = [];
  if (order) collect(spec, order, edges, [], terms);
  return terms;
}

function collect(spec: ModelSpec, order: OrderBy, edges: EdgeResolver, path: readonly Edge[], terms: OrderTerm[]): void {
  if (path.length > depthLimit) throw dataErrors.filterTooDeep(spec.name, depthLimit);
  for (const [key, value] of Object.entries(order)) {
    if (value === undefined) continue;
    const property = spec.propertyByName.get(key);
    if (property && !property.computed) {
      terms.push({ path, property, direction: direction(`${spec.name}.${key}`, value) });
      continue;
    }
    const dot = key.indexOf(".");
    const edge = edges(spec, dot < 0 ? key : key.slice(0, dot));
    if (!edge) throw UnknownPropertyError.order(spec.name, key);
    const inner = dot < 0 ? value : { [key.slice(dot + 1)]: value };
    if (typeof inner !== "object" || inner === null)
      throw dataErrors.badDirection(`${spec.name}.${key}`, `${describe(inner)} for a relation`);
    collect(edge.target, inner, edges, [...path, edge], terms);
  }
}

function direction(name: string, value: unknown): string {
  if (value === 1 || value === -1) return value === 1 ? "asc" : "desc";
  const text = typeof value === "string" ? value.trim().toLowerCase().replace(/\s+/g, " ") : "";
  if (/^(asc|desc)( nulls (first|last))?$/.test(text)) return text;
  throw dataErrors.badDirection(name, describe(value));
}

/** The terms with the key of the model at the end, so that equal rows have one order. */
export function completeOrder(spec: ModelSpec, terms: readonly OrderTerm[]): readonly OrderTerm[] {
  const own = new Set(terms.filter((term) => term.path.length === 0).map((term) => term.property.name));
  const missing = spec.primaryKey.filter((name) => !own.has(name));
  return [...terms, ...missing.map((name) => ({ path: [], property: spec.propertyByName.get(name) as PropertySpec, direction: "asc" }))];
}

/** What a term sorts by. Of several related rows the one that comes first counts. */
export function orderExpression(
  term: OrderTerm,
  alias: string,
  context: { readonly aliases: Aliases; readonly withDeleted: boolean },
): string {
  const [edge, ...rest] = term.path;
  if (!edge) return `${alias}.${quote(term.property.name)}`;
  const inner = context.aliases.next();
  const { from, on } = joinClause(edge, alias, inner, context);
  const expression = orderExpression({ ...term, path: rest }, inner, context);
  return `(select ${expression} from ${from} where ${on}${isUnique(edge) ? "" : ` order by 1 ${term.direction}`} limit 1)`;
}

/**
 * What a term sorts by in a list, and the joins that it needs. Where a relation leads to one row at most, it is joined:
 * a subquery would be run for each row of the table before the page is known.
 */
export function joinedOrderExpression(
  term: OrderTerm,
  alias: string,
  context: { readonly aliases: Aliases; readonly withDeleted: boolean },
): { readonly joins: string; readonly expression: string } {
  let joins = "";
  let current = alias;
  let path = term.path;
  for (let edge = path[0]; edge && isUnique(edge); edge = path[0]) {
    const inner = context.aliases.next();
    const { from, on } = joinClause(edge, current, inner, context);
    joins += ` left join ${from} on ${on}`;
    current = inner;
    path = path.slice(1);
  }
  return { joins, expression: orderExpression({ ...term, path }, current, context) };
}

/** True where at most one row can be at the other end. */
export function isUnique(edge: Edge): boolean {
  return edge.join.kind === "key" && edge.target.primaryKey.length === 1 && edge.target.primaryKey[0] === edge.join.to;
}

/** What two orders of the same shape have in common. */
export function orderShape(terms: readonly OrderTerm[]): string {
  return terms.map((term) => `${term.path.map((edge) => edge.name).join(".")}:${term.property.name} ${term.direction}`).join();
}
