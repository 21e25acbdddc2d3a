import { defaultEdges } from "../plan/edges";
import type { Edge, FieldTree, Filters, OrderBy, OrderDirection } from "../plan/read-plan";
import type { ModelSpec } from "../spec/model-spec";

/** Rows by table, as plain values: Dates as ISO text, decimals as text. */
export type Tables = Record<string, Record<string, unknown>[]>;
type Row = Record<string, unknown>;
/** The three truth values of SQL. */
type Truth = boolean | null;

/** A read, evaluated over rows in memory: the yardstick for the SQL that is compiled. */
export function evaluateRead(
  tables: Tables,
  spec: ModelSpec,
  request: { filters: Filters; order: OrderBy; take?: number; skip?: number; withDeleted: boolean; fields: FieldTree },
): { rows: unknown[]; count: number } {
  const world = { tables, withDeleted: request.withDeleted };
  const visible = rowsOf(world, spec).filter((row) => matches(world, spec, row, request.filters) === true);
  const sorted = sortRows(world, spec, visible, request.order);
  const skip = request.skip ?? 0;
  const page = sorted.slice(skip, request.take === undefined ? undefined : skip + request.take);
  return { rows: page.map((row) => pick(world, spec, row, request.fields, request.order, true)), count: visible.length };
}

interface World {
  tables: Tables;
  withDeleted: boolean;
}

function rowsOf({ tables, withDeleted }: World, spec: ModelSpec): Row[] {
  return (tables[spec.table] ?? []).filter((row) => withDeleted || row.deleted_at === null);
}

function across(world: World, edge: Edge, row: Row): Row[] {
  const { join } = edge;
  const targets = rowsOf(world, edge.target);
  if (join.kind === "key") return targets.filter((target) => target[join.to] !== null && target[join.to] === row[join.from]);
  const isThere = (pair: Row) => !join.softDeletes || world.withDeleted || pair.deleted_at === null;
  const pairs = (world.tables[join.table] ?? []).filter((pair) => pair[join.pivotFrom] === row[join.from] && isThere(pair));
  const keys = pairs.map((pair) => pair[join.pivotTo]);
  return targets.filter((target) => keys.includes(target[join.to]));
}

const not = (truth: Truth): Truth => (truth === null ? null : !truth);
const all = (list: Truth[]): Truth => (list.includes(false) ? false : list.includes(null) ? null : true);
const any = (list: Truth[]): Truth => not(all(list.map(not)));

/** True for a filter that says nothing: it holds for every row, and so does its negation. */
function isVoid(spec: ModelSpec, filters: Filters): boolean {
  return Object.entries(filters).every(([key, value]) => {
    if (key === "$and") return (value as Filters[]).every((item) => isVoid(spec, item));
    if (key === "$or") return (value as Filters[]).length === 0 || (value as Filters[]).some((item) => isVoid(spec, item));
    if (key === "$not") return isVoid(spec, value as Filters);
    const edge = spec.propertyByName.has(key) ? undefined : defaultEdges(spec, key);
    return (
      edge !== undefined && typeof value === "object" && value !== null && !Array.isArray(value) && isVoid(edge.target, value as Filters)
    );
  });
}

function matches(world: World, spec: ModelSpec, row: Row, filters: Filters): Truth {
  return all(
    Object.entries(filters).map(([key, value]): Truth => {
      if (isVoid(spec, { [key]: value })) return true;
      if (key === "$and" || key === "$or") {
        const list = (value as Filters[]).map((item) => matches(world, spec, row, item));
        return key === "$and" ? all(list) : any(list);
      }
      if (key === "$not") return not(matches(world, spec, row, value as Filters));
      const property = spec.propertyByName.get(key);
      if (property) return compare(property.kind, row[key], value);
      const edge = defaultEdges(spec, key) as Edge;
      const related = across(world, edge, row);
      if (value === null) return related.length === 0;
      if (typeof value === "string" || Array.isArray(value)) return related.some((target) => [value].flat().includes(target.id));
      const operators = Object.keys(value as Filters).filter((name) => name.startsWith("$") && !["$and", "$or", "$not"].includes(name));
      if (operators.includes("$exists")) return related.length > 0 === (value as Filters).$exists;
      if (operators.length > 0) return related.some((target) => compare("id", target.id, value) === true);
      return related.some((target) => matches(world, edge.target, target, value as Filters) === true);
    }),
  );
}

function compare(kind: string, stored: unknown, value: unknown): Truth {
  if (value === null) return stored === null;
  if (Array.isArray(value) && kind !== "array") return operate(kind, stored, "$in", value);
  if (typeof value === "object" && !Array.isArray(value)) {
    return all(Object.entries(value).map(([operator, operand]) => operate(kind, stored, operator, operand)));
  }
  return operate(kind, stored, "$eq", value);
}

function operate(kind: string, stored: unknown, operator: string, operand: unknown): Truth {
  if (operator === "$not") return not(compare(kind, stored, operand));
  if (operator === "$and") return all((operand as unknown[]).map((item) => compare(kind, stored, item)));
  if (operator === "$or") return any((operand as unknown[]).map((item) => compare(kind, stored, item)));
  if (operator === "$exists") return (stored !== null) === operand;
  if (operator === "$in") {
    return any(
      (operand as unknown[]).map((item) => (item === null ? stored === null : stored === null ? null : order(kind, stored, item) === 0)),
    );
  }
  if (operator === "$nin") return (operand as unknown[]).length === 0 ? true : not(operate(kind, stored, "$in", operand));
  if (operand === null) return operator === "$eq" ? stored === null : stored !== null;
  if (stored === null) return null;
  if (operator === "$like") return likePattern(operand as string).test(stored as string);
  if (operator === "$ilike") return new RegExp(likePattern(operand as string), "i").test(stored as string);
  if (operator === "$contains") return (operand as unknown[]).every((item) => (stored as unknown[]).includes(item));
  if (operator === "$contained") return (stored as unknown[]).every((item) => (operand as unknown[]).includes(item));
  if (operator === "$overlap") return (stored as unknown[]).some((item) => (operand as unknown[]).includes(item));
  const sign = order(kind, stored, operand);
  return { $eq: sign === 0, $ne: sign !== 0, $gt: sign > 0, $gte: sign >= 0, $lt: sign < 0, $lte: sign <= 0 }[operator] as boolean;
}

const likePattern = (text: string) =>
  new RegExp(
    `^${text
      .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
      .replaceAll("%", "[^]*")
      .replaceAll("_", "[^]")}$`,
  );

function order(kind: string, left: unknown, right: unknown): number {
  const [a, b] = [left, right].map((item) =>
    kind === "dateTime"
      ? Date.parse(item as string)
      : kind === "bigNumber"
        ? Number(item)
        : Array.isArray(item)
          ? JSON.stringify(item)
          : (item as number),
  ) as [number, number];
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortRows(world: World, spec: ModelSpec, rows: Row[], orderBy: OrderBy): Row[] {
  const keys = [...sortKeys(spec, orderBy), { path: [], name: "id", kind: "id", descending: false, nullsFirst: false }];
  return [...rows].sort((left, right) => {
    for (const key of keys) {
      const sign = compareNullable(key, sortValue(world, left, key), sortValue(world, right, key));
      if (sign !== 0) return sign;
    }
    return 0;
  });
}

interface SortKey {
  path: Edge[];
  name: string;
  kind: string;
  descending: boolean;
  nullsFirst: boolean;
}

function sortKeys(spec: ModelSpec, orderBy: OrderBy, path: Edge[] = []): SortKey[] {
  return Object.entries(orderBy).flatMap(([name, value]): SortKey[] => {
    const property = spec.propertyByName.get(name);
    if (property) return [{ path, name, kind: property.kind, ...direction(value as OrderDirection) }];
    const edge = defaultEdges(spec, name) as Edge;
    return sortKeys(edge.target, value as OrderBy, [...path, edge]);
  });
}

/** Of several related rows the first in the direction of the sort counts. */
function sortValue(world: World, row: Row, key: SortKey): unknown {
  const [edge, ...rest] = key.path;
  if (!edge) return row[key.name];
  const values = across(world, edge, row).map((target) => sortValue(world, target, { ...key, path: rest }));
  return values.sort((left, right) => compareNullable(key, left, right))[0] ?? null;
}

/** Where nothing is said of them, nulls come last in ascending order and first in descending. */
function direction(value: OrderDirection): Pick<SortKey, "descending" | "nullsFirst"> {
  const words = String(value).toLowerCase();
  const descending = words === "-1" || words.startsWith("desc");
  return { descending, nullsFirst: words.endsWith("nulls first") || (descending && !words.endsWith("nulls last")) };
}

function compareNullable({ kind, descending, nullsFirst }: SortKey, left: unknown, right: unknown): number {
  if (left === null || right === null) return (Number(left === null) - Number(right === null)) * (nullsFirst ? -1 : 1);
  const sign = order(kind, left, right);
  return descending ? -sign : sign;
}

function pick(world: World, spec: ModelSpec, row: Row, fields: FieldTree, orderBy: OrderBy, root: boolean): Row {
  const result: Row = {};
  for (const property of spec.properties) {
    if (!fields.scalars.has(property.name) && (root || !property.primaryKey)) continue;
    const value = row[property.name];
    result[property.name] = property.kind === "bigNumber" && value !== null ? Number(value) : value;
    if (property.rawColumn) result[property.rawColumn] = value === null ? null : { value, precision: 20 };
  }
  for (const [name, inner] of fields.relations) {
    const edge = defaultEdges(spec, name) as Edge;
    const innerOrder = (orderBy[name] ?? {}) as OrderBy;
    const targets = sortRows(world, edge.target, across(world, edge, row), innerOrder).map((target) =>
      pick(world, edge.target, target, inner, innerOrder, false),
    );
    result[name] = edge.many ? targets : (targets[0] ?? null);
  }
  return result;
}
