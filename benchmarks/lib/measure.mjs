import { nodeCpu, postgresCpu } from "./cpu.mjs";

/**
 * Runs contenders against each other: interleaved rounds, so that what else the machine does hits all alike.
 *
 * @param {Record<string, () => Promise<unknown>>} contenders by name; each call does the work once
 * @param {{concurrency?: number, rounds?: number, roundMs?: number, postmaster?: number}} options
 * @returns {Promise<Record<string, {perSecond: number, cpuMs: number}>>} medians over the rounds; CPU is that of node and
 *   PostgreSQL together, in milliseconds per call
 */
export async function compete(contenders, { concurrency = 1, rounds = 5, roundMs = 600, postmaster } = {}) {
  const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (const run of Object.values(contenders)) await forSomeTime(run, concurrency, roundMs / 2);
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      globalThis.gc?.();
      const cpuBefore = nodeCpu() + (postmaster ? postgresCpu(postmaster) : 0);
      const { calls, seconds } = await forSomeTime(run, concurrency, roundMs);
      const cpu = nodeCpu() + (postmaster ? postgresCpu(postmaster) : 0) - cpuBefore;
      samples[name].push({ perSecond: calls / seconds, cpuMs: (cpu * 1000) / calls });
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, rows]) => [
      name,
      { perSecond: median(rows.map((row) => row.perSecond)), cpuMs: median(rows.map((row) => row.cpuMs)) },
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
