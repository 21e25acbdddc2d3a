/**
 * The thread that keeps the lease of an instance while its event loop is blocked. It has no connection until then, and
 * asks for nothing but the row of the instance: one that was taken for dead stays so.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Client, ClientConfig } from "pg";
import { monotonicNow } from "../monotonic-clock";

/** What the thread is given. */
export interface LeaseWorkerData {
  /** Milliseconds of {@link monotonicNow}, written by the event loop: [its last turn, the last renewal that succeeded]. */
  beats: Float64Array;
  connection: ClientConfig;
  statement: string;
  id: string;
  leaseSeconds: number;
  /** After so long without a turn of the event loop it counts as dead. */
  blockedLoopSeconds: number;
}

/** What the thread says. */
export type LeaseMessage = { blockedMs: number } | { error: string };

const { beats, connection, statement, id, leaseSeconds, blockedLoopSeconds } = workerData as LeaseWorkerData;
let client: Client | undefined;

async function check(): Promise<void> {
  const now = monotonicNow();
  const [turned = now, renewed = now] = beats;
  if (now - renewed < (leaseSeconds * 1000) / 2) return disconnect();
  if (now - turned > blockedLoopSeconds * 1000) return disconnect();
  try {
    client ??= await connect();
    await client.query(statement, [id, leaseSeconds]);
    tell({ blockedMs: now - turned });
  } catch (error) {
    tell({ error: String(error) });
    await disconnect();
  }
}

function tell(message: LeaseMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- ports of threads have no origin
  parentPort?.postMessage(message);
}

async function connect(): Promise<Client> {
  // Loaded when it is needed, which is nearly never.
  const { Client: PgClient } = require("pg") as typeof import("pg");
  const made = new PgClient({ ...connection, connectionTimeoutMillis: leaseSeconds * 250 });
  made.on("error", () => (client = undefined));
  await made.connect();
  return made;
}

async function disconnect(): Promise<void> {
  const old = client;
  client = undefined;
  await old?.end().catch(() => undefined);
}

async function watch(): Promise<void> {
  await check();
  setTimeout(() => void watch(), (leaseSeconds * 1000) / 6);
}

void watch();
