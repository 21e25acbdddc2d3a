import type { Condition } from "../filters/condition";
import { emitCondition } from "../filters/emit";
import type { ModelSpec } from "../spec/model-spec";
import { Aliases } from "../sql/aliases";
import { hidesDeleted, holdersExist } from "../sql/join";
import { quote } from "../sql/quote";
import { exactLimit } from "./count";
import { compileHydrator } from "./hydrator";
import type { Hydrator } from "./hydrator";
import { relationSubquery } from "./json-select";
import { completeOrder, joinedOrderExpression } from "./order";
import type { OrderTerm } from "./order";
import type { Selection } from "./selection";

/** What decides the text of a read. */
export interface ReadShape {
  readonly spec: ModelSpec;
  readonly selection: Selection;
  readonly condition: Condition | undefined;
  readonly order: readonly OrderTerm[];
  /** A number or a parameter, where there is a limit or an offset. */
  readonly take: string | undefined;
  readonly skip: string | undefined;
  readonly withDeleted: boolean;
  /** Deleted rows of the model itself are shown, those of related models not. */
  readonly rootDeleted: boolean;
  /**
   * Each row also tells how many there are without limit and offset, in {@link countColumn}, where the page does not tell.
   * Then a page without rows comes as one row that is none, see {@link rowColumn}.
   */
  readonly counts: CountMode | undefined;
}

/** Whether rows are counted to the end, or one beyond {@link exactLimit} at most. */
export type CountMode = "exact" | "bounded";

/** Names of columns that are no part of a row start with a character that no property has. */
export const countColumn = "$count";
/** Null in the row that only carries the count of an empty page. */
export const rowColumn = "$row";

/** A read as SQL. */
export interface ReadPlan {
  readonly text: string;
  readonly hydrate: Hydrator;
}

/**
 * Compiles a read to one statement: the page of rows, and for each relation a subquery that gives its rows as JSON.
 *
 * ```sql
 * select p."id", p."name", (select coalesce(json_agg(json_build_array(…) order by …), '[]') from "album" t2 where …) as "albums"
 * from (select t1."id" as "id", t1."name" as "name" from "artist" t1 where … order by … limit 20) p order by …
 * ```
 *
 * With `counts` the page is a CTE, so that its size is known: only a full page makes PostgreSQL count, and an empty one that
 * lies behind others.
 */
export function compileRead(shape: ReadShape): ReadPlan {
  const { selection, condition, withDeleted } = shape;
  const context = { aliases: new Aliases(), withDeleted };
  const table = context.aliases.next();
  const order = completeOrder(shape.spec, shape.order);
  const where = whereClause(shape, table, condition, context);
  const limit = `${shape.take ? ` limit ${shape.take}` : ""}${shape.skip ? ` offset ${shape.skip}` : ""}`;
  const sorting = order.map((term) => ({ ...joinedOrderExpression(term, table, context), direction: term.direction }));
  const source = `${quote(shape.spec.table)} ${table}${sorting.map(({ joins }) => joins).join("")}`;
  const hydrate = compileHydrator(selection);
  if (!limit || (selection.relations.length === 0 && !shape.counts)) {
    const keys = sorting.map(({ expression, direction }) => `${expression} ${direction}`).join(", ");
    return { text: `select ${selectList(shape, table, context)} from ${source}${where} order by ${keys}${limit}`, hydrate };
  }
  // Subqueries beside the limit would also run for the rows that the offset skips.
  const page = "p";
  const columns = [...selection.columns.map((column) => column.name), ...selection.relations.map(({ edge }) => edge.join.from)];
  const listed = new Map(columns.map((name) => [`${table}.${quote(name)}`, quote(name)]));
  const keys = sorting.map(({ expression, direction }, index) => {
    const name = listed.get(expression) ?? `"$${index}"`;
    listed.set(expression, name);
    return `${name} ${direction}`;
  });
  if (shape.counts) listed.set("true", quote(rowColumn));
  const list = [...listed].map(([expression, name]) => `${expression} as ${name}`).join(", ");
  const paged = `select ${list} from ${source}${where} order by ${keys.join(", ")}${limit}`;
  const selected = selectList(shape, page, context);
  const outer = ` order by ${keys.map((key) => `${page}.${key}`).join(", ")}`;
  if (!shape.counts) return { text: `select ${selected} from (${paged}) ${page}${outer}`, hydrate };
  const size = `(select count(*) from ${page})`;
  const unknown = [shape.take && `${size} = ${shape.take}`, shape.skip && `${size} = 0`].filter(Boolean).join(" or ");
  const count = `select case when ${unknown} then (${countStatement(shape, shape.counts, context)}) end as n`;
  const own = `${page}."${rowColumn}", c.n as "${countColumn}"`;
  return {
    text: `with ${page} as (${paged}), c as (${count}) select ${selected}${selected && ", "}${own} from c left join ${page} on true${outer}`,
    hydrate,
  };
}

/** The statement that counts the rows of a read without its limit. */
export function compileCount(shape: CountShape, mode: CountMode): string {
  return countStatement(shape, mode, { aliases: new Aliases(), withDeleted: shape.withDeleted });
}

/** The statement whose rows a count counts, for PostgreSQL to estimate. */
export function compileMatches(shape: CountShape): string {
  const context = { aliases: new Aliases(), withDeleted: shape.withDeleted };
  const table = context.aliases.next();
  return `select 1 from ${matches(shape, table, context)}`;
}

type CountShape = Pick<ReadShape, "spec" | "condition" | "withDeleted" | "rootDeleted">;

function countStatement(shape: CountShape, mode: CountMode, context: { aliases: Aliases; withDeleted: boolean }): string {
  const table = context.aliases.next();
  const from = matches(shape, table, context);
  return mode === "exact"
    ? `select count(*) as n from ${from}`
    : `select count(*) as n from (select 1 from ${from} limit ${exactLimit + 1}) c`;
}

function matches(shape: CountShape, table: string, context: { aliases: Aliases; withDeleted: boolean }): string {
  return `${quote(shape.spec.table)} ${table}${whereClause(shape, table, shape.condition, context)}`;
}

/** Finds the primary keys of the rows that satisfy a condition, in their order; `lock` holds on to the rows. */
export function compileKeys(shape: CountShape, lock = false): string {
  const context = { aliases: new Aliases(), withDeleted: shape.withDeleted };
  const table = context.aliases.next();
  const keys = shape.spec.primaryKey.map((name) => `${table}.${quote(name)}`).join(", ");
  const where = whereClause(shape, table, shape.condition, context);
  // The weaker of the two locks of an update: rows that refer to this one can be written meanwhile.
  const locked = lock ? ` for no key update of ${table}` : "";
  return `select ${keys} from ${quote(shape.spec.table)} ${table}${where} order by ${keys}${locked}`;
}

function whereClause(
  shape: Pick<ReadShape, "spec" | "withDeleted" | "rootDeleted">,
  table: string,
  condition: Condition | undefined,
  context: { aliases: Aliases; withDeleted: boolean },
): string {
  const parts = [
    hidesDeleted(shape.spec, table, shape.withDeleted || shape.rootDeleted),
    shape.withDeleted || shape.rootDeleted ? undefined : holdersExist(shape.spec.holders, table),
    condition && emitCondition(condition, table, context),
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? ` where ${parts.join(" and ")}` : "";
}

function selectList(shape: ReadShape, alias: string, context: { aliases: Aliases; withDeleted: boolean }): string {
  const columns = shape.selection.columns.map((column) => `${alias}.${quote(column.name)}`);
  const relations = shape.selection.relations.map(
    (relation) => `${relationSubquery(relation, alias, shape.order, context)} as ${quote(relation.edge.name)}`,
  );
  return [...columns, ...relations].join(", ");
}
