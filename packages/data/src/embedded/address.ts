import { createHash } from "node:crypto";
import { chmodSync, chownSync, lstatSync, mkdirSync, mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { readPassword, superuser } from "./cluster";
import type { Placement } from "./placement";
import type { PostmasterFile } from "./postmaster-file";

/** How clients reach a server: by a socket in a closed folder, or by TCP on this machine with a password. */
export type Transport = "socket" | "tcp";

/** Where a server listens. */
export interface Address {
  /** An absolute folder for a unix socket. */
  host: string;
  port: number;
  user: string;
  password?: string;
}

/** Part of the socket's file name only. */
const socketPort = 5432;
/** The length of `sun_path`, without the closing zero, on the strictest system (macOS). */
const longestSocketPath = 103;

/** The address of the running server that `postmaster.pid` tells of. */
export function addressOf(placement: Placement, { socketFolder, port }: PostmasterFile): Address {
  if (socketFolder !== "") return { host: socketFolder, port, user: superuser };
  return { host: "127.0.0.1", port, user: superuser, password: readPassword(placement) };
}

/** As a connection string that survives `new URL(…)`. */
export function urlOf({ host, port, user, password }: Address, database: string): string {
  const login = password === undefined ? user : `${user}:${encodeURIComponent(password)}`;
  return `postgres://${login}@${encodeURIComponent(host)}:${port}/${encodeURIComponent(database)}`;
}

/** What to tell the server about where to listen. Makes the folder of the socket. */
export async function chooseListening(
  placement: Placement,
  transport: Transport,
): Promise<{ port: number; socketFolder: string; tcpHost: string }> {
  if (transport === "tcp") return { port: await freePort(), socketFolder: "", tcpHost: "127.0.0.1" };
  return { port: socketPort, socketFolder: makeSocketFolder(placement), tcpHost: "" };
}

/**
 * The same folder at each start where possible, so that the address stays. Not in the app's folder: its path may be
 * too long for a socket. Root's databases have a short path, and the folder for temporary files may be closed to
 * the user as whom the server runs.
 */
function makeSocketFolder(placement: Placement): string {
  const { home, user } = placement;
  const name = createHash("sha256").update(home).digest("hex").slice(0, 12);
  if (user && fits(path.join(home, "socket"))) return makeClosedFolder(path.join(home, "socket"), placement);
  const base = fits(path.join(os.tmpdir(), `velella-${name}-XXXXXX`)) && !user ? os.tmpdir() : "/tmp";
  try {
    return makeClosedFolder(path.join(base, `velella-${name}`), placement);
  } catch {
    // Someone else has put something there: in a folder open to all, only an unforeseeable name is safe.
    return closeFor(placement, mkdtempSync(path.join(base, `velella-${name}-`)));
  }
}

const fits = (folder: string) => Buffer.byteLength(path.join(folder, `.s.PGSQL.${socketPort}`)) <= longestSocketPath;

function makeClosedFolder(folder: string, placement: Placement): string {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const found = lstatSync(folder);
    const owner = placement.user?.uid ?? process.getuid?.();
    if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o077) !== 0) throw error;
    return folder;
  }
  return closeFor(placement, folder);
}

function closeFor({ user }: Placement, folder: string): string {
  chmodSync(folder, 0o700);
  if (user) chownSync(folder, user.uid, user.gid);
  return folder;
}

/** A port of this machine on which nothing listens. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
