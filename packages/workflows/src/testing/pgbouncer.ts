import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, listens } from "./free-port";

/** A PgBouncer in transaction mode, in a process of its own. */
export interface Pooler {
  /** The same database by way of the pooler. */
  urlOf(url: string): string;
  stop(): Promise<void>;
}

/** What an engine does without behind it. */
export const poolerOptions = { sessionLock: false, listen: false } as const;

/** Whether the machine has the program. */
export function hasPgBouncer(): boolean {
  try {
    execFileSync("pgbouncer", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * Starts PgBouncer on a free port, before the server of a URL. Each transaction may get another connection of the server:
 * no session, no statement that stays prepared.
 */
export async function startPgBouncer(url: string): Promise<Pooler> {
  const server = new URL(url);
  const host = server.searchParams.get("host") ?? decodeURIComponent(server.hostname);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "velella-pgbouncer-"));
  chmodSync(folder, 0o755);
  const file = join(folder, "pgbouncer.ini");
  const target = [`host=${host}`, `port=${server.port || "5432"}`, `user=${decodeURIComponent(server.username) || "root"}`];
  if (server.password) target.push(`password=${decodeURIComponent(server.password)}`);
  writeFileSync(
    file,
    `[databases]
* = ${target.join(" ")}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 20
max_client_conn = 500
server_login_retry = 1
ignore_startup_parameters = extra_float_digits,options
`,
  );
  const child = spawn("pgbouncer", ["-q", file], { stdio: ["ignore", "ignore", "inherit"], cwd: folder, ...unprivileged(host) });
  await listens("PgBouncer", port, child);
  return {
    urlOf: (direct) => {
      const { pathname } = new URL(direct);
      return `postgres://pooled@127.0.0.1:${port}${pathname}`;
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** PgBouncer refuses to run as root. Who owns the folder of the server's socket may enter it. */
function unprivileged(host: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const { uid, gid } = host.startsWith("/") ? statSync(host) : { uid: 0, gid: 0 };
  return uid === 0 ? { uid: 65_534, gid: 65_534 } : { uid, gid };
}
