import { jsonCopy } from "../plan/json-copy";
import { secretTexts, withoutTexts } from "../plan/secret-parts";
import type { Path } from "../plan/secret-paths";
import { copyError } from "./error-copy";

/** Ends the walk forward: a step failed for good, or the run was stopped. */
export class Failed extends Error {}

/** The time of an attempt was over, which no further attempt changes. */
export class TimedOut extends Error {
  constructor(
    /** The error of the step. */
    readonly reported: Error,
    /** What its function left to be undone, when it ended all the same. */
    readonly compensateInput?: unknown,
  ) {
    super(reported.message);
  }
}

/** Whether a step asked not to be tried again. By name, since an app may have two copies of this package. */
export const isPermanent = (error: unknown) => error instanceof Error && error.name === "PermanentStepFailure";

/** What the compensation of a step that failed for good gets. */
export function compensateInputOf(error: unknown): unknown {
  return error instanceof TimedOut || isPermanent(error) ? jsonCopy((error as { compensateInput?: unknown }).compensateInput) : undefined;
}

/** An error in which nothing of the secret parts of a value stands; nor what it carries for the compensation. */
export function withoutSecrets(error: unknown, value: unknown, paths: readonly Path[]): unknown {
  const { compensateInput: _kept, ...copy } = withoutTexts(copyError(error), secretTexts(jsonCopy(value), paths));
  return Object.assign(new Error(copy.message), copy);
}
