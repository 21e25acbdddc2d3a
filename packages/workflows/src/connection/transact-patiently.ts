import type { SqlConnection, SqlTransaction, TransactionOptions } from "@velella/kernel";
import { connectionErrors, isCommitUnknown, isRefusal, isTransientOfConnection } from "./errors";
import { patiently } from "./patiently";

/**
 * Runs a function in a transaction, and once more in another one when the database was away for a moment, up to half a
 * minute. What the function throws by itself passes through.
 *
 * @throws `connection.commit_unknown` when the connection broke after the commit was sent
 */
export function transactPatiently<T>(
  connection: SqlConnection,
  run: (transaction: SqlTransaction) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return patiently(async () => {
    let isDone = false;
    try {
      return await connection.transaction(async (transaction) => {
        const result = await run(transaction);
        isDone = true;
        return result;
      }, options);
    } catch (error) {
      throw isDone && !isRefusal(error) ? connectionErrors.commitUnknown(error) : error;
    }
  }, mayBeTriedAgain);
}

/** What is open may have been done, however passing its cause is. */
const mayBeTriedAgain = (error: unknown): boolean => !isCommitUnknown(error) && isTransientOfConnection(error);
