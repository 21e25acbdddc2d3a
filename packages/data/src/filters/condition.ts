import type { Edge } from "../plan/read-plan";
import type { PropertySpec } from "../spec/model-spec";

/**
 * A filter after its names and values were checked. Values are not in here: a node holds the number of its parameter,
 * so that filters of the same shape share one compiled statement.
 */
export type Condition =
  | { readonly kind: "all" | "any"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition }
  /** `column operator $param`, the operator as SQL. */
  | { readonly kind: "compare"; readonly property: PropertySpec; readonly operator: string; readonly param: number; readonly cast?: string }
  | { readonly kind: "null"; readonly property: PropertySpec; readonly negated: boolean }
  | { readonly kind: "fulltext"; readonly property: PropertySpec; readonly param: number }
  | { readonly kind: "search"; readonly property: PropertySpec; readonly param: number }
  | { readonly kind: "json"; readonly property: PropertySpec; readonly path: number; readonly test: JsonTest }
  /** A related row that satisfies `where` exists. */
  | { readonly kind: "exists"; readonly edge: Edge; readonly where: Condition | undefined };

/** What is asked of the value at a path inside a json column. */
export type JsonTest =
  | { readonly kind: "compare"; readonly operator: string; readonly param: number; readonly cast: string }
  /** `<`, `>` … between values of one JSON type: jsonb would order numbers after texts. */
  | { readonly kind: "order"; readonly operator: string; readonly param: number; readonly type: string }
  | { readonly kind: "text"; readonly operator: string; readonly param: number }
  | { readonly kind: "null"; readonly negated: boolean }
  | { readonly kind: "present"; readonly negated: boolean };

/** A checked filter: its condition, the parameters in order, and a text that is equal for filters of the same shape. */
export interface AnalysedFilter {
  readonly condition: Condition | undefined;
  readonly params: readonly unknown[];
  readonly shape: string;
}
