import { suggestion } from "@velella/kernel";
import { transactionStates } from "../rows/execution-row";
import type { TransactionState } from "../rows/execution-row";
import { shown } from "../shown";
import { columnOf } from "./execution-columns";
import type { ColumnKind, ExecutionColumn, executionColumns } from "./execution-columns";
import { engineErrors } from "../errors/engine-errors";

/** What a value of a run may be compared by. `$like`, `$ilike` and `$re` are for texts. */
export interface ExecutionOperators<T> {
  $eq?: T | null | undefined;
  $ne?: T | null | undefined;
  $in?: readonly (T | null)[] | undefined;
  $nin?: readonly (T | null)[] | undefined;
  $gt?: T | undefined;
  $gte?: T | undefined;
  $lt?: T | undefined;
  $lte?: T | undefined;
  $like?: string | undefined;
  $ilike?: string | undefined;
  $re?: string | undefined;
  /** Whether there is a value. */
  $exists?: boolean | undefined;
  $not?: ExecutionFilter<T> | undefined;
  $and?: readonly ExecutionFilter<T>[] | undefined;
  $or?: readonly ExecutionFilter<T>[] | undefined;
}

/** A value, one of several, none, or operators. */
export type ExecutionFilter<T> = T | null | readonly (T | null)[] | ExecutionOperators<T>;

interface ColumnTypes {
  text: string;
  /** One of the states; a text is checked when it is used. */
  state: TransactionState | (string & {});
  time: Date | string;
  number: number;
}

/** Which runs are meant. All of it has to hold; what is undefined does not count. */
export type ExecutionFilters = {
  [Name in ExecutionColumn]?: ExecutionFilter<ColumnTypes[(typeof executionColumns)[Name]["kind"]]> | undefined;
} & {
  /** A text that the id, the workflow or the transaction id contains. */
  q?: string | undefined;
  $and?: readonly ExecutionFilters[] | undefined;
  $or?: readonly ExecutionFilters[] | undefined;
  $not?: ExecutionFilters | undefined;
};

const comparisons = new Map([
  ["$gt", ">"],
  ["$gte", ">="],
  ["$lt", "<"],
  ["$lte", "<="],
]);
const patterns = new Map([
  ["$like", "like"],
  ["$ilike", "ilike"],
  ["$re", "~"],
]);
const operators = ["$eq", "$ne", "$in", "$nin", ...comparisons.keys(), ...patterns.keys(), "$exists", "$not", "$and", "$or"];

const sqlTypes: Record<ColumnKind, string> = { text: "text", state: "text", time: "timestamptz", number: "float8" };
const searched = ["id", "workflow_id", "transaction_id"] as const;

/** A filter as a condition in SQL. */
export interface FilterSql {
  condition: string;
  params: unknown[];
  /** The regular expressions in it, which only PostgreSQL can read. */
  expressions: readonly { place: string; pattern: string }[];
}

/**
 * @throws `engine.bad_filter`, `engine.unknown_operator`, `engine.bad_filter_value`, each naming what is wrong
 */
export function filterSql(filters: ExecutionFilters | undefined): FilterSql {
  const builder = new FilterBuilder();
  const condition = builder.all(filters ?? {}, "The filters of executions");
  return { condition, params: builder.params, expressions: builder.expressions };
}

class FilterBuilder {
  readonly params: unknown[] = [];
  readonly expressions: { place: string; pattern: string }[] = [];

  all(filters: unknown, place: string): string {
    if (!isPlainObject(filters)) throw engineErrors.badFilterValue(place, "an object", shown(filters));
    const parts = Object.entries(filters)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => this.part(key, value));
    return joined(parts, " and ", "true");
  }

  private part(key: string, value: unknown): string {
    if (key === "$and" || key === "$or") {
      const parts = listOf(value, `"${key}"`).map((one) => this.all(one, `"${key}"`));
      return key === "$and" ? joined(parts, " and ", "true") : joined(parts, " or ", "false");
    }
    if (key === "$not") return `(${this.all(value, '"$not"')}) is not true`;
    if (key === "q") return this.search(value);
    const { sql, kind } = columnOf(key);
    return this.column(key, sql, kind, value);
  }

  private search(value: unknown): string {
    const text = checked('"q"', "text", value) as string;
    const param = this.param(`%${text.replace(/[\\%_]/g, "\\$&")}%`, "text");
    return joined(
      searched.map((name) => `${name} ilike ${param}`),
      " or ",
      "false",
    );
  }

  private column(name: string, sql: string, kind: ColumnKind, value: unknown): string {
    if (Array.isArray(value)) return this.operator(name, sql, kind, "$in", value);
    if (!isPlainObject(value)) return this.operator(name, sql, kind, "$eq", value);
    const parts = Object.entries(value)
      .filter(([, operand]) => operand !== undefined)
      .map(([operator, operand]) => this.operator(name, sql, kind, operator, operand));
    return joined(parts, " and ", "true");
  }

  private operator(name: string, sql: string, kind: ColumnKind, operator: string, operand: unknown): string {
    const place = `"${name}"${operator === "$eq" ? "" : ` ${operator}`}`;
    const type = sqlTypes[kind];
    const value = (given: unknown) => this.param(checked(place, kind, given), type);
    if (operator === "$eq" || operator === "$ne") {
      if (Array.isArray(operand)) return this.operator(name, sql, kind, operator === "$eq" ? "$in" : "$nin", operand);
      if (operand === null) return `${sql} is ${operator === "$eq" ? "" : "not "}null`;
      return `${sql} ${operator === "$eq" ? "=" : "<>"} ${value(operand)}`;
    }
    if (operator === "$in" || operator === "$nin") return this.membership(place, sql, kind, operator === "$in", listOf(operand, place));
    const comparison = comparisons.get(operator);
    if (comparison) return `${sql} ${comparison} ${value(operand)}`;
    const pattern = patterns.get(operator);
    if (pattern) {
      if (type !== "text") throw engineErrors.badFilterValue(place, "used on a column of texts", `it is on one of ${kind}s`);
      const text = checked(place, "text", operand) as string;
      if (operator === "$re") this.expressions.push({ place, pattern: text });
      else if (/(?<!\\)(\\\\)*\\$/.test(text))
        throw engineErrors.badFilterValue(place, "a pattern whose last backslash stands before something", shown(text));
      return `${sql} ${pattern} ${this.param(text, "text")}`;
    }
    switch (operator) {
      case "$exists":
        if (typeof operand !== "boolean") throw engineErrors.badFilterValue(place, "true or false", shown(operand));
        return `${sql} is ${operand ? "not " : ""}null`;
      case "$not":
        return `(${this.column(name, sql, kind, operand)}) is not true`;
      case "$and":
      case "$or": {
        const parts = listOf(operand, place).map((one) => this.column(name, sql, kind, one));
        return operator === "$and" ? joined(parts, " and ", "true") : joined(parts, " or ", "false");
      }
      default:
        throw engineErrors.unknownOperator(operator, name, suggestion(operator, operators));
    }
  }

  private membership(place: string, sql: string, kind: ColumnKind, isIn: boolean, list: readonly unknown[]): string {
    const values = list.filter((item) => item !== null && item !== undefined).map((item) => checked(place, kind, item));
    const param = this.param(values, `${sqlTypes[kind]}[]`);
    const hasNull = list.includes(null);
    if (isIn) return `(${sql} = any(${param})${hasNull ? ` or ${sql} is null` : ""})`;
    return `(${sql} <> all(${param})${hasNull ? ` and ${sql} is not null` : ""})`;
  }

  private param(value: unknown, type: string): string {
    this.params.push(value);
    return `$${this.params.length}::${type}`;
  }
}

/** The value as a parameter. */
function checked(place: string, kind: ColumnKind, value: unknown): unknown {
  const refuse = (expected: string) => engineErrors.badFilterValue(place, expected, shown(value));
  switch (kind) {
    case "text":
      if (typeof value !== "string") throw refuse("a text");
      if (value.includes("\0")) throw refuse("a text without a NUL character");
      return value;
    case "state":
      if (!(transactionStates as readonly unknown[]).includes(value)) throw refuse(`one of ${transactionStates.join(", ")}`);
      return value;
    case "time": {
      const time = value instanceof Date ? value : typeof value === "string" ? new Date(value) : undefined;
      if (!time || Number.isNaN(time.getTime())) throw refuse("a Date, or a text such as 2026-01-31T12:00:00Z");
      return time;
    }
    case "number":
      if (typeof value !== "number" || !Number.isFinite(value)) throw refuse("a number");
      return value;
  }
}

function listOf(value: unknown, place: string): readonly unknown[] {
  if (!Array.isArray(value)) throw engineErrors.badFilterValue(place, "a list", shown(value));
  return value;
}

const joined = (parts: readonly string[], by: string, none: string): string => (parts.length ? `(${parts.join(by)})` : none);

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
