import { dataErrors } from "../errors";
import type { EdgeResolver } from "../plan/read-plan";
import type { ModelSpec } from "../spec/model-spec";
import { checkedText } from "../sql/values";
import type { Condition } from "./condition";

/** Filters may be nested this deep; more comes from a mistake or an attack. */
const depthLimit = 32;

/** A statement can carry 65,535 parameters; a few belong to the page. */
const paramLimit = 65_000;

/** Collects parameters and the shape while a filter is walked. */
export class FilterAnalysis {
  readonly params: unknown[] = [];
  shape = "";
  private depth = 0;

  constructor(
    readonly edges: EdgeResolver,
    private readonly root: ModelSpec,
  ) {}

  /** Adds a parameter and gives its number, counted from 1. */
  param(value: unknown): number {
    if (this.params.length >= paramLimit) throw dataErrors.filterTooLarge(this.root.name, paramLimit);
    return this.params.push(value);
  }

  /**
   * The condition of alternatives: undefined where one of them holds for every row, since then all of them do.
   * What had been collected for the others is dropped, for a statement must use each of its parameters.
   */
  alternatives(collect: () => readonly (Condition | undefined)[]): Condition | undefined {
    const { shape } = this;
    const { length } = this.params;
    const parts = collect();
    if (!parts.includes(undefined)) return combine("any", parts as readonly Condition[]);
    this.shape = shape;
    this.params.length = length;
    return undefined;
  }

  /** Runs a part one level deeper. */
  nested<T>(run: () => T): T {
    if (++this.depth > depthLimit) throw dataErrors.filterTooDeep(this.root.name, depthLimit);
    const result = run();
    this.depth--;
    return result;
  }
}

/** Operators that compare, with what they are in SQL. */
export const comparisons: ReadonlyMap<string, string> = new Map([
  ["$gt", ">"],
  ["$gte", ">="],
  ["$lt", "<"],
  ["$lte", "<="],
]);
/** Operators that look for a pattern, with what they are in SQL. */
export const patterns: ReadonlyMap<string, string> = new Map([
  ["$like", "like"],
  ["$ilike", "ilike"],
  ["$re", "~"],
]);

/** True for an object whose keys are operators; an empty one is none. */
export function isOperatorMap(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Date) return false;
  for (const key in value) if (key.startsWith("$")) return true;
  return false;
}

/** One condition out of several; undefined out of none. */
export function combine(kind: "all" | "any", parts: readonly Condition[]): Condition | undefined {
  return parts.length > 1 ? { kind, parts } : parts[0];
}

/** A text to be looked for with LIKE as it stands. */
export function likeText(spec: ModelSpec, name: string, text: string): string {
  return `%${checkedText(spec, name, text).replace(/[\\%_]/g, "\\$&")}%`;
}
