import { jsonCopy } from "../plan/json-copy";
import { secretTexts, withoutTexts } from "../plan/secret-parts";
import type { Path } from "../plan/secret-paths";
import { copyError } from "./error-copy";

/** Ends the walk forward: a step failed for good, or the run was stopped. */
export class Failed extends Error {}

/** Whether a step asked not to be tried again. By name, since an app may have two copies of this package. */
export const isPermanent = (error: unknown) => error instanceof Error && error.name === "PermanentStepFailure";

/** An error in which nothing of the secret parts of a value stands. */
export function withoutSecrets(error: unknown, value: unknown, paths: readonly Path[]): unknown {
  const { compensateInput, ...copy } = withoutTexts(copyError(error), secretTexts(jsonCopy(value), paths));
  const clean = Object.assign(new Error(copy.message), copy);
  // Not enumerable: it belongs to the compensation, and not to the error that people see.
  if (compensateInput !== undefined)
    Object.defineProperty(clean, "compensateInput", { value: (error as { compensateInput?: unknown }).compensateInput });
  return clean;
}
