import { nodeCpu, postgresCpu } from "./cpu.mjs";

/** Rounds that are run and not counted. */
const warmUpRounds = 2;

/**
 * Runs contenders against each other: interleaved rounds, so that what else the machine does hits all alike. Who begins
 * changes from round to round.
 *
 * @template Contender
 * @param {Record<string, Contender>} contenders by name; functions that do the work once, unless `load` says how others are made to
 * @param {object} [options]
 * @param {number} [options.concurrency] calls under way at the same time; 1 by default
 * @param {number} [options.rounds] 5 by default
 * @param {number} [options.roundMs] 600 by default
 * @param {number} [options.postmaster] pid of the PostgreSQL server's first process; without it CPU is that of node alone
 * @param {string} [options.database] count only the server's work for this database, when others use the server too
 * @param {() => Promise<unknown>} [options.before] runs before each contender's turn, and is not measured
 * @param {(contender: Contender, concurrency: number, ms: number) => Promise<{calls: number, seconds: number}>} [options.load] has a
 *   contender work for some time; calls it from here by default
 * @returns {Promise<Record<string, {perSecond: number, cpuMs: number, nodeMs: number}>>} medians over the rounds, in milliseconds per
 *   call: CPU of node and PostgreSQL together, and of node alone
 */
export async function compete(
  contenders,
  { concurrency = 1, rounds = 5, roundMs = 600, postmaster, database, before, load = forSomeTime } = {},
) {
  const entries = Object.entries(contenders);
  const samples = Object.fromEntries(entries.map(([name]) => [name, []]));
  const serverCpu = () => (postmaster ? postgresCpu(postmaster, database) : 0);
  // Code that has run little is slower, and whoever has more of it would pay for that.
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      const [name, contender] = entries[(round + warmUpRounds + turn) % entries.length];
      await before?.();
      globalThis.gc?.();
      const serverBefore = serverCpu();
      const nodeBefore = nodeCpu();
      const { calls, seconds } = await load(contender, concurrency, roundMs);
      const node = nodeCpu() - nodeBefore;
      const server = serverCpu() - serverBefore;
      if (round < 0) continue;
      samples[name].push({ perSecond: calls / seconds, cpuMs: ((node + server) * 1000) / calls, nodeMs: (node * 1000) / calls });
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, rows]) => [
      name,
      {
        perSecond: median(rows.map((row) => row.perSecond)),
        cpuMs: median(rows.map((row) => row.cpuMs)),
        nodeMs: median(rows.map((row) => row.nodeMs)),
      },
    ]),
  );
}

async function forSomeTime(run, concurrency, ms) {
  const start = performance.now();
  let calls = 0;
  const worker = async () => {
    while (performance.now() - start < ms) {
      await run();
      calls++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { calls, seconds: (performance.now() - start) / 1000 };
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
