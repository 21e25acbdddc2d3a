import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/**
 * Finds which process listens on a port, where the system tells (Linux, processes that one may look into).
 *
 * @returns For example `process 4711 (node dist/server.js)`; undefined when it cannot be found out.
 */
export function portHolder(port: number): string | undefined {
  try {
    const inodes = listeningInodes(port);
    return inodes.size > 0 ? processWith(inodes) : undefined;
  } catch {
    // No /proc, or not ours to read: the message does without.
    return undefined;
  }
}

/** The inodes of the sockets in state LISTEN (0A) on a port. */
function listeningInodes(port: number): Set<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const inodes = new Set<string>();
  for (const table of ["/proc/net/tcp", "/proc/net/tcp6"]) {
    for (const line of readFileSync(table, "utf8").split("\n").slice(1)) {
      const columns = line.trim().split(/\s+/);
      if (columns[1]?.endsWith(`:${hex}`) && columns[3] === "0A" && columns[9]) inodes.add(columns[9]);
    }
  }
  return inodes;
}

function processWith(inodes: Set<string>): string | undefined {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    if (!holdsSocket(pid, inodes)) continue;
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").filter(Boolean).join(" ");
    return `process ${pid}${command ? ` (${command.slice(0, 80)})` : ""}`;
  }
  return undefined;
}

function holdsSocket(pid: string, inodes: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      const socket = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      return socket !== null && inodes.has(socket[1] as string);
    });
  } catch {
    // The process has ended meanwhile, or belongs to somebody else.
    return false;
  }
}
