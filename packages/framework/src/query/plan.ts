import type { ComputedEdge, GraphEntity, RecordEdge } from "./graph";

/**
 * The plan of a query: what to fetch in one go, what to fetch next by the keys of the rows, and how the rows become
 * the answer. It depends on entity and fields alone, so it is made once and used for every filter.
 */
export interface PlanNode {
  readonly entity: GraphEntity;
  /** How the rows of this node arrive. */
  readonly source: "sql" | "service";
  /** Columns to fetch; `"*"` for all. */
  readonly columns: Set<string>;
  /** Columns and keys that are fetched for the plan's own needs and are not part of the answer. */
  readonly hidden: Set<string>;
  /** Fetched together with this node, by their name in its rows. */
  readonly inline: Map<string, PlanBranch>;
  /** Fetched afterwards, one call for all rows, by their name in the rows. */
  readonly crossings: Map<string, PlanBranch>;
  readonly computed: Map<string, PlanComputed>;
  readonly forwards: Map<string, PlanForward>;
  /** Whether anything at all was found of what was asked for. */
  answers: boolean;
  /** Whether the rows need anything done after they are fetched, here or below. */
  works: boolean;
}

/** A part of the answer, and the way to it from the row that holds it. */
export interface PlanBranch {
  readonly edge: RecordEdge;
  readonly node: PlanNode;
}

/** A computed field: asked for once for all rows, with `fields` as what is wanted below it. */
export interface PlanComputed {
  readonly edge: ComputedEdge;
  readonly fields: Set<string>;
  /** Where the query's `context` for it is. */
  readonly contextPath: readonly string[];
}

/** A name whose value is taken from further down in the row, once everything else is there. */
export interface PlanForward {
  /** Names to follow from the row. */
  readonly path: readonly string[];
  readonly many: boolean;
}

/** A name in the rows that is the plan's own. No field can have it, because fields are split at dots. */
export function hiddenName(name: string): string {
  return `.${name}`;
}

/** The name of the edge behind a name in the rows. */
export function edgeName(name: string): string {
  return name.startsWith(".") ? name.slice(1) : name;
}

/** Whether the other end of an edge comes in the same call as a row of the entity that is read from a source. */
export function isSameCall(entity: GraphEntity, source: "sql" | "service", edge: RecordEdge): boolean {
  // A relation of the module itself is read along with the row, whatever reads the row.
  if (edge.origin === "relation") return true;
  return source === "sql" && edge.target.source === "sql" && !holdsKeys(entity, edge);
}

/** Whether a column holds several keys, and so is no column to join on. */
export function holdsKeys(entity: GraphEntity, edge: RecordEdge): boolean {
  return entity.spec?.propertyByName.get(edge.from)?.kind === "array";
}
