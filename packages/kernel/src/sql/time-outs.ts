/** Time-outs of the server, in milliseconds, by its own names; 0 for never. */
export type SqlTimeOuts = Partial<Record<"statement_timeout" | "lock_timeout" | "idle_in_transaction_session_timeout", number>>;

/**
 * The statements that set time-outs, for a session or for a transaction. Behind a pooler in transaction mode a setting holds
 * as long as its transaction, so it stands at the start of each.
 *
 * @returns `set local lock_timeout = 30000; set local …`
 */
export function timeOutStatements(scope: "set" | "set local", timeOuts: SqlTimeOuts): string {
  return Object.entries(timeOuts)
    .map(([name, ms]) => `${scope} ${name} = ${Math.trunc(ms)}`)
    .join("; ");
}
