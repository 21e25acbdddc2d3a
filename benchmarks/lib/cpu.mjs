import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100;

/** CPU seconds used so far by this process. */
export function nodeCpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * CPU seconds used so far by a PostgreSQL server: its living processes, and those that have ended.
 *
 * @param {number} postmaster pid of the server's first process
 */
export function postgresCpu(postmaster) {
  let ticks = 0;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(name);
    if (!stat) continue;
    if (Number(name) === postmaster) ticks += stat.own + stat.endedChildren;
    else if (stat.parent === postmaster) ticks += stat.own;
  }
  return ticks / ticksPerSecond;
}

/** pid of the server that a connection leads to; it must run on this machine. */
export async function postmasterOf(client) {
  const { rows } = await client.query("select pg_backend_pid() as pid");
  return statOf(rows[0].pid).parent;
}

function statOf(pid) {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined; // ended meanwhile
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  return { parent: fields[1], own: fields[11] + fields[12], endedChildren: fields[13] + fields[14] };
}
