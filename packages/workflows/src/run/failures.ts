import { jsonCopy } from "../plan/json-copy";
import { copyNamed } from "../plan/not-json";
import { secretTexts, withoutTexts } from "../plan/secret-parts";
import type { Path } from "../plan/secret-paths";
import { copyError } from "./error-copy";
import type { Work } from "./work";

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

/** What an attempt of a step that failed says of itself. */
export interface AttemptFailure {
  error: unknown;
  /** What the compensation gets if it fails for good. */
  compensateInput?: unknown;
  /** No further attempt changes it. */
  isFinal: boolean;
}

/** What is known of an attempt of a step by what it threw. Where it keeps what JSON cannot hold, that is what it failed with. */
export function failureOf(thrown: unknown, { name, scope }: Pick<Work, "name" | "scope">): AttemptFailure {
  if (thrown instanceof TimedOut) return { error: thrown.reported, compensateInput: thrown.compensateInput, isFinal: true };
  if (!isPermanent(thrown)) return { error: thrown, isFinal: false };
  const { message, compensateInput } = thrown as Error & { compensateInput?: unknown };
  const what = () => `What step "${name}" of workflow "${scope.plan.id}" keeps for its compensation, failing with "${message}",`;
  try {
    return { error: thrown, compensateInput: copyNamed(compensateInput, what), isFinal: true };
  } catch (error) {
    return { error, isFinal: true };
  }
}

/** An error in which nothing of the secret parts of a value stands; nor what it carries for the compensation. */
export function withoutSecrets(error: unknown, value: unknown, paths: readonly Path[]): unknown {
  const { compensateInput: _kept, ...copy } = withoutTexts(copyError(error), secretTexts(jsonCopy(value), paths));
  return Object.assign(new Error(copy.message), copy);
}
