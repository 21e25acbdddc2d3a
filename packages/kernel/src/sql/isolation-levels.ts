import { transactionErrors } from "./errors";

const levels = new Set(["read committed", "repeatable read", "serializable", "read uncommitted"]);

/** An isolation level as it may stand in a statement. @throws `connection.bad_isolation_level` (invalid_argument) */
export function knownIsolationLevel(level: string): string {
  if (!levels.has(level.toLowerCase())) throw transactionErrors.badIsolationLevel(level);
  return level.toLowerCase();
}
