import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** CPU seconds used so far by this process. */
export function nodeCpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * CPU seconds used so far by a PostgreSQL server on this machine: its living processes, and those that have ended.
 *
 * @param {number} postmaster pid of the server's first process
 * @param {string} [database] count only processes that serve this database, for a server that others use too;
 *   what processes used that have ended, and those that work in the background, is not part of it then
 */
export function postgresCpu(postmaster, database) {
  let seconds = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (!stat) continue;
    if (Number(name) === postmaster) {
      if (!database) seconds += stat.own + stat.endedChildren;
    } else if (stat.parent === postmaster && (!database || serves(name, database))) {
      seconds += exactCpu(name) ?? stat.own;
    }
  }
  return seconds;
}

/** pid of the first process of the server that a connection leads to; undefined when it does not run on this machine. */
export async function postmasterOf(client) {
  const { rows } = await client.query("select pg_backend_pid() as pid");
  const stat = statOf(rows[0].pid);
  const isBackend = stat && readText(`/proc/${rows[0].pid}/cmdline`)?.startsWith("postgres");
  return isBackend ? stat.parent : undefined;
}

/** The title of a server process names user, database and client: `postgres: user database [local] idle`. */
function serves(pid, database) {
  return readText(`/proc/${pid}/cmdline`)?.includes(` ${database} `) ?? false;
}

/** Nanoseconds instead of hundredths, where the system counts them. */
function exactCpu(pid) {
  const used = Number(readText(`/proc/${pid}/schedstat`)?.split(" ")[0]);
  return used > 0 ? used / 1e9 : undefined;
}

function statOf(pid) {
  const text = readText(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  return { parent: fields[1], own: (fields[11] + fields[12]) / ticksPerSecond, endedChildren: (fields[13] + fields[14]) / ticksPerSecond };
}

/** A file of /proc; undefined when its process has ended meanwhile, or there is no /proc. */
function readText(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
