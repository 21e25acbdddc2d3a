import { spawn } from "node:child_process";
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Client } from "pg";
import { testingErrors } from "./errors";
import { freePort, listens } from "./ports";

/** A PgBouncer in transaction mode, in a process of its own. */
export interface Pooler {
  /** The same database by way of the pooler. */
  urlOf(databaseUrl: string): string;
  stop(): Promise<void>;
}

/** How a pooler for tests differs from the ordinary one. */
export interface PoolerOptions {
  /** Connections to the server at most, handed out in turn; 20 by default. With few, whatever is left on one shows. */
  connections?: number;
}

const program = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"]
  .map((folder) => join(folder, "pgbouncer"))
  .find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Whether the machine has the program. */
export function hasPgBouncer(): boolean {
  return program !== undefined;
}

/**
 * Starts PgBouncer on a free port, before the server of a URL. Each transaction may get another connection of the server:
 * no session, no statement that stays prepared.
 */
export async function startPgBouncer(serverUrl: string, { connections = 20 }: PoolerOptions = {}): Promise<Pooler> {
  if (program === undefined) throw testingErrors.noPgBouncer();
  const { host, port: serverPort, user, password } = new Client({ connectionString: serverUrl });
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "velella-pgbouncer-"));
  chmodSync(folder, 0o755);
  const target = { host, port: serverPort, user, ...(password ? { password } : {}) };
  const settings = [
    "[databases]",
    `* = ${Object.entries(target)
      .map(([name, value]) => `${name}='${String(value).replaceAll("'", "''")}'`)
      .join(" ")}`,
    "[pgbouncer]",
    "listen_addr = 127.0.0.1",
    `listen_port = ${port}`,
    "unix_socket_dir =",
    "auth_type = any",
    "pool_mode = transaction",
    `default_pool_size = ${connections}`,
    "max_client_conn = 500",
    "server_login_retry = 1",
    "server_round_robin = 1",
  ];
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(file, `${settings.join("\n")}\n`);
  const child = spawn(program, ["-q", file], { stdio: ["ignore", "ignore", "inherit"], cwd: folder, ...unprivileged(host) });
  await listens("PgBouncer", port, child);
  return {
    urlOf: (databaseUrl) => `postgres://pooled@127.0.0.1:${port}${new URL(databaseUrl).pathname}`,
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** PgBouncer refuses to run as root. Who owns the folder of the server's socket may enter it; else it is nobody. */
function unprivileged(host: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const { uid, gid } = host.startsWith("/") ? statSync(host) : { uid: 0, gid: 0 };
  return uid === 0 ? { uid: 65_534, gid: 65_534 } : { uid, gid };
}
