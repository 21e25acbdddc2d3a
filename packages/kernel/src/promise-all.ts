import { AppError } from "./errors";

/** What {@link promiseAll} throws when several have failed. */
export interface PromiseAllOptions {
  /** Throw one error that carries the messages of all failures, a line each, instead of the first. */
  aggregateErrors?: boolean;
}

/**
 * Like `Promise.all`, but waits until everything has settled before it rejects, so that nothing goes on
 * in the background of a failure.
 *
 * @throws the first failure, or with `aggregateErrors` an error with all messages.
 */
export async function promiseAll<T extends readonly unknown[] | []>(
  promises: T,
  { aggregateErrors = false }: PromiseAllOptions = {},
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  const settled: PromiseSettledResult<unknown>[] = await Promise.allSettled([...promises]);
  const failures = settled.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (failures.length) {
    if (!aggregateErrors) throw failures[0];
    const error = new AppError(
      "unexpected_state",
      failures.map((reason) => (reason instanceof Error ? reason.message : String(reason))).join("\n"),
    );
    error.cause = failures;
    throw error;
  }
  return settled.map((result) => (result.status === "fulfilled" ? result.value : undefined)) as { -readonly [P in keyof T]: Awaited<T[P]> };
}
