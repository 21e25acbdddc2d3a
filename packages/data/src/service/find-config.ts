import { dataErrors, describe } from "../errors";
import type { Filters, OrderBy } from "../plan/read-plan";
import type { ModelSpec } from "../spec/model-spec";

/** What reads of a service return, and which part. */
export interface FindConfig {
  /** Columns, all by default; `"relation.column"` selects in a relation. */
  readonly select?: readonly string[];
  /** Relations to bring along; `"albums.labels"` reaches further. */
  readonly relations?: readonly string[];
  /** At most so many rows; all where it is missing or null. */
  readonly take?: number | null;
  /** Leaves out so many rows. Default: 0. */
  readonly skip?: number | null;
  /** Default: by primary key, ascending. */
  readonly order?: OrderBy;
  /** Also soft-deleted rows. Default: false. */
  readonly withDeleted?: boolean;
  /** Further filters, which the rows have to satisfy as well. */
  readonly filters?: Filters;
}

/**
 * Refuses a config whose parts have another form than they should: a text would be read letter by letter as a list of fields.
 *
 * @throws AppError `data.bad_config`
 */
export function checkFindConfig(spec: ModelSpec, config: FindConfig): void {
  const wrong = (part: string, expected: string, value: unknown) => dataErrors.badConfig(spec.name, part, expected, describe(value));
  if (typeof config !== "object" || Array.isArray(config)) throw wrong("config", 'an object such as { select: ["id"] }', config);
  for (const part of ["select", "relations"] as const) {
    const given: unknown = config[part] ?? [];
    if (!Array.isArray(given) || given.some((name) => typeof name !== "string")) throw wrong(part, `a list of names such as ["id"]`, given);
  }
  for (const part of ["order", "filters"] as const) {
    const given: unknown = config[part] ?? {};
    const example = part === "order" ? '{ id: "ASC" }' : '{ id: "…" }';
    if (typeof given !== "object" || Array.isArray(given)) throw wrong(part, `an object such as ${example}`, given);
  }
}
