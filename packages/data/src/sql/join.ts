import type { Edge } from "../plan/read-plan";
import type { HolderSpec, ModelSpec } from "../spec/model-spec";
import { quote } from "./quote";

/** How a statement reaches the rows at the other end of an edge. */
export interface JoinClause {
  /** What stands after `from`. */
  readonly from: string;
  /** What ties it to the row outside, and hides deleted rows. */
  readonly on: string;
}

/** The way along an edge, from the row named `outer` to rows named `inner`. */
export function joinClause(edge: Edge, outer: string, inner: string, context: { readonly withDeleted: boolean }): JoinClause {
  const target = `${quote(edge.target.table)} ${inner}`;
  const conditions: (string | undefined)[] = [];
  let from = target;
  if (edge.join.kind === "key") {
    conditions.push(`${inner}.${quote(edge.join.to)} = ${outer}.${quote(edge.join.from)}`);
  } else {
    const pivot = `${inner}p`;
    from = `${quote(edge.join.table)} ${pivot} join ${target} on ${inner}.${quote(edge.join.to)} = ${pivot}.${quote(edge.join.pivotTo)}`;
    conditions.push(`${pivot}.${quote(edge.join.pivotFrom)} = ${outer}.${quote(edge.join.from)}`);
    if (edge.join.softDeletes && !context.withDeleted) conditions.push(`${pivot}."deleted_at" is null`);
  }
  conditions.push(hidesDeleted(edge.target, inner, context.withDeleted));
  if (!context.withDeleted && !edge.isStep) {
    // One of the holders may be the row outside, which is known to be there.
    const others = edge.target.holders?.filter(
      ({ column, key }) => edge.join.kind !== "key" || column !== edge.join.to || key !== edge.join.from,
    );
    conditions.push(holdersExist(others, inner));
  }
  return { from, on: conditions.filter((part) => part !== undefined).join(" and ") };
}

/** The condition that the rows which a row of a model depends on are there. */
export function holdersExist(holders: readonly HolderSpec[] | undefined, alias: string): string | undefined {
  if (!holders?.length) return undefined;
  return holders
    .map(
      ({ column, table, key }) =>
        `exists (select 1 from ${quote(table)} h where h.${quote(key)} = ${alias}.${quote(column)} and h."deleted_at" is null)`,
    )
    .join(" and ");
}

/** `alias."deleted_at" is null` where the model has that column and deleted rows are hidden. */
export function hidesDeleted(spec: ModelSpec, alias: string, withDeleted: boolean): string | undefined {
  return withDeleted || !spec.propertyByName.has("deleted_at") ? undefined : `${alias}."deleted_at" is null`;
}
