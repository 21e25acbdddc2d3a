import type { GraphEntity } from "./graph";

/** What a filter on a relation or a link asks of the records at its other end; as the filters of a service read it. */
export type RelationForm =
  /** There is none. */
  | { readonly kind: "none" }
  /** There is one. */
  | { readonly kind: "some" }
  /** Nothing at all: every record will do, also one without any at the other end. */
  | { readonly kind: "nothing" }
  /** One of them satisfies a filter of its own. */
  | { readonly kind: "filter"; readonly filter: unknown }
  /** The key of one of them is this value, or satisfies this operator. */
  | { readonly kind: "key"; readonly condition: unknown };

/** Reads a value in a filter whose name leads to `target`. */
export function relationForm(target: GraphEntity, value: unknown): RelationForm {
  if (isNone(value)) return { kind: "none" };
  if (Array.isArray(value) && value.some(isObject)) return formOf(target, { $or: value });
  if (!isObject(value)) return { kind: "key", condition: value };
  if (Object.hasOwn(value, "$exists") && Object.keys(value).length === 1) return { kind: "some" };
  return isNested(value) ? formOf(target, value) : { kind: "key", condition: value };
}

/** Whether a value asks that there be no record: null, or `{ $exists: false }`. */
export function isNone(value: unknown): boolean {
  return value === null || (isObject(value) && value.$exists === false && Object.keys(value).length === 1);
}

function formOf(target: GraphEntity, filter: object): RelationForm {
  return asksNothing(target, filter) ? { kind: "nothing" } : { kind: "filter", filter };
}

/** Whether every record satisfies a filter because it names no condition. Deeper than any filter may be, the answer is no. */
function asksNothing(entity: GraphEntity, filter: unknown, depth = 0): boolean {
  if (depth > filterDepthLimit) return false;
  if (Array.isArray(filter)) return filter.length === 0 || filter.some((part) => asksNothing(entity, part, depth + 1));
  if (!isObject(filter)) return false;
  return Object.entries(filter).every(([key, value]) => {
    if (value === undefined) return true;
    if (key === "$or") return asksNothing(entity, [value].flat(), depth + 1);
    if (key === "$and") return [value].flat().every((part) => asksNothing(entity, part, depth + 1));
    if (key === "$not") return asksNothing(entity, value, depth + 1);
    if (key === "q") return value === null || value === "";
    const property = entity.spec?.propertyByName.get(key);
    // A document is compared with what the filter names of it.
    if (property) return property.kind === "json" && isObject(value) && Object.keys(value).length === 0;
    const edge = entity.edges.get(key);
    if (edge?.kind !== "record" || !(Array.isArray(value) ? value.some(isObject) : isNested(value))) return false;
    return asksNothing(edge.target, value, depth + 1);
  });
}

/** Filters may be nested this deep, as those of services. */
export const filterDepthLimit = 32;

/** Orders may lead this far, as those of services. */
export const orderDepthLimit = 16;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** A filter on the fields of a record, as opposed to a value or an operator on its key. */
function isNested(value: unknown): boolean {
  return isObject(value) && Object.keys(value).every((key) => !key.startsWith("$") || key === "$and" || key === "$or" || key === "$not");
}
