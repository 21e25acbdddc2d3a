import type { Socket } from "node:net";

/** A connection of `pg`: what it has beside its types is where it writes to. */
interface DriverClient {
  /** Everything that was asked has been answered. */
  on(event: "drain", listener: () => void): unknown;
}

/** What the driver is told, so that a connection on which nothing is asked is found dead within half a minute. */
export const keepAlive = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

/**
 * Ends a connection on which an answer is so long overdue that nobody can be there to give it. A host that loses its power
 * says no goodbye: the system tries for a quarter of an hour to get a statement there, and probes (see {@link keepAlive}) are
 * not sent meanwhile. But a server that is there says something within its `statement_timeout`, and be it that it cancels.
 *
 * To be called once the client is connected; where the server has no `statement_timeout`, nothing can be said.
 *
 * @returns what ends the watch, for when the time-out does not hold any more
 */
export function endWhenSilent(client: DriverClient, statementTimeoutMs: number): () => void {
  const stream = (client as { connection?: { stream?: Socket } }).connection?.stream;
  if (!stream || !(statementTimeoutMs > 0)) return () => undefined;
  // A cancellation takes a moment as well.
  const limit = Math.ceil(statementTimeoutMs * 1.1) + 2000;
  let answered = stream.bytesWritten;
  client.on("drain", () => (answered = stream.bytesWritten));
  stream.on("timeout", () => {
    // On a connection that is not used silence is no wonder.
    if (stream.bytesWritten > answered) stream.destroy(silentServer(limit));
  });
  stream.setTimeout(limit);
  return () => void stream.setTimeout(0);
}

const silentServer = (ms: number): Error =>
  Object.assign(new Error(`The database server has said nothing for ${ms / 1000} s, though it was asked something`), { code: "ETIMEDOUT" });
