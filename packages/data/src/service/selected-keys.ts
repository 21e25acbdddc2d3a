import type { SqlExecutor } from "@velella/kernel";
import { dataErrors } from "../errors";
import type { Filters } from "../plan/read-plan";
import { readKeys } from "../read/read";
import type { ModelSpec } from "../spec/model-spec";
import { checkedKey, keyOfRow } from "../write/keys";
import type { RowKey } from "../write/keys";

/** Keys, or filters that select rows; or a list of these. */
export type Selector = unknown;

/** Which rows a selector finds, and what is done with them meanwhile. */
export interface SelectionOptions {
  /** Also soft-deleted rows. Without it they are found by a filter on `deleted_at` only. */
  withDeleted?: boolean;
  /** Nobody else may change or delete the rows before the transaction ends. */
  lock?: boolean;
}

/**
 * The keys of the rows that a selector means.
 *
 * @throws AppError `data.undefined_selector` or `data.empty_selector` for filters that would select every row without saying
 *   so: a value that is undefined, or nothing that narrows, such as `{}`, `{$or: []}` or `{author: {}}`.
 */
export async function selectedKeys(
  executor: SqlExecutor,
  spec: ModelSpec,
  operation: string,
  selector: Selector,
  options: SelectionOptions = {},
): Promise<RowKey[]> {
  const items: unknown[] = Array.isArray(selector) ? selector : [selector];
  const keys: RowKey[] = [];
  for (const item of items) {
    if (!isFilter(item)) {
      keys.push(checkedKey(spec, item));
      continue;
    }
    const missing = Object.entries(item).find(([, value]) => value === undefined);
    if (missing) throw dataErrors.undefinedSelector(spec.name, operation, missing[0]);
    const onEveryRow = () => dataErrors.emptySelector(spec.name, operation);
    const found = await readKeys(executor, spec, item, { ...options, onEveryRow });
    keys.push(...found.map((row) => keyOfRow(spec, row)));
  }
  return keys;
}

/** True for a selector whose rows are found although they are soft-deleted: its filter speaks of that. */
export function showsDeleted(selector: Selector): boolean {
  return isFilter(selector) && selector.deleted_at !== undefined;
}

function isFilter(selector: Selector): selector is Filters {
  return typeof selector === "object" && selector !== null && !Array.isArray(selector);
}
