import { spawn } from "node:child_process";
import { accessSync, constants, chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { freePort } from "./running-app";

/** A PgBouncer in transaction mode, in front of the server of a database. */
export interface Pooler {
  /** The same database through the pooler. */
  urlOf(databaseUrl: string): string;
  stop(): Promise<void>;
}

/** Where PgBouncer is installed; undefined where it is not. */
export const pgbouncer = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"]
  .map((folder) => join(folder, "pgbouncer"))
  .find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** PgBouncer does not run as root: then as whoever may use the server's socket folder, or as nobody. */
function unprivileged(host: string): { uid?: number; gid?: number } {
  if (userInfo().uid !== 0) return {};
  const owner = host.startsWith("/") ? statSync(host) : undefined;
  return owner && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : { uid: 65534, gid: 65534 };
}

/** Starts PgBouncer with few connections to the server, handed out in turn, so that whatever is left on one shows. */
export async function startPooler(serverUrl: string): Promise<Pooler> {
  const { host, port, user, password } = new Client({ connectionString: serverUrl });
  const folder = mkdtempSync(join(tmpdir(), "velella-pgbouncer-"));
  const listenPort = await freePort();
  const secret = typeof password === "string" && password !== "" ? ` password='${password}'` : "";
  const file = join(folder, "pgbouncer.ini");
  const settings = [
    "[databases]",
    `* = host='${host}' port=${port} user='${user}'${secret}`,
    "[pgbouncer]",
    `listen_addr = 127.0.0.1`,
    `listen_port = ${listenPort}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    "default_pool_size = 6",
    "max_client_conn = 200",
    "server_round_robin = 1",
  ];
  writeFileSync(file, `${settings.join("\n")}\n`);
  chmodSync(folder, 0o755);
  const child = spawn(pgbouncer as string, [file], { stdio: ["ignore", "pipe", "pipe"], ...unprivileged(host) });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  for (let tries = 0; !(await answers(listenPort)); tries++) {
    if (child.exitCode !== null || tries > 200) throw new Error(`PgBouncer did not start:\n${output}`);
    await sleep(25);
  }
  return {
    urlOf(databaseUrl) {
      const url = new URL(databaseUrl);
      return `postgres://pooled@127.0.0.1:${listenPort}${url.pathname}`;
    },
    async stop() {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
