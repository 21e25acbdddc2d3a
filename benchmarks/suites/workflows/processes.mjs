import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "../../lib/measure.mjs";

const child = new URL("child.mjs", import.meta.url);

/** Starts an instance of the engine in a process of its own; resolves when it is ready. */
async function start(role, url) {
  const process = fork(child, [role, url]);
  process.setMaxListeners(0);
  await message(process, ({ what }) => what === "ready");
  return process;
}

function message(process, matches) {
  return new Promise((resolve, reject) => {
    const onExit = (code, signal) => reject(new Error(`The instance ended (${code ?? signal}) before it told what was waited for.`));
    const onMessage = (told) => {
      if (!matches(told)) return;
      process.off("message", onMessage);
      process.off("exit", onExit);
      resolve(told);
    };
    process.on("message", onMessage);
    process.once("exit", onExit);
  });
}

async function end(process, signal) {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill(signal);
  await once(process, "exit");
}

/**
 * Kills processes in the middle of a run, and measures how long it takes until another one goes on with it.
 *
 * @returns {Promise<number[]>} seconds from the kill to the interrupted step, begun again
 */
export async function measureResumes({ url, kills }) {
  const heir = await start("heir", url);
  const seconds = [];
  try {
    for (let kill = 0; kill < kills; kill++) {
      const transaction = `resume-${kill}`;
      const victim = await start("victim", url);
      const reached = message(victim, (told) => told.what === "reached");
      victim.send({ transaction });
      await reached;
      // At no fixed distance from the moments at which the other one looks for work.
      await sleep(50 + Math.random() * 300);
      const resumed = message(heir, (told) => told.what === "reached" && told.transaction === transaction);
      const ended = message(heir, (told) => told.what === "ended" && told.transaction === transaction);
      const killedAt = Date.now();
      await end(victim, "SIGKILL");
      seconds.push(((await resumed).at - killedAt) / 1000);
      await ended;
    }
  } finally {
    await end(heir, "SIGKILL");
  }
  return seconds;
}

/**
 * Runs the durable workflow in several processes that share one database.
 *
 * @param {{url: string, counts: number[], rounds: number, ms: number, concurrency: number}} options `concurrency` is that of
 *   all processes together
 * @returns {Promise<Record<number, number>>} runs per second, of all processes together, by their number; medians
 */
export async function measureScaleOut({ url, counts, rounds, ms, concurrency }) {
  const instances = [];
  const samples = Object.fromEntries(counts.map((count) => [count, []]));
  try {
    while (instances.length < Math.max(...counts)) instances.push(await start("runner", url));
    const together = async (count, time) => {
      const working = instances.slice(0, count).map((instance) => {
        const done = message(instance, (told) => told.what === "worked");
        instance.send({ ms: time, concurrency: concurrency / count });
        return done;
      });
      const told = await Promise.all(working);
      return told.reduce((sum, { runs }) => sum + runs, 0) / (time / 1000);
    };
    await together(instances.length, ms / 2);
    for (let round = 0; round < rounds; round++) for (const count of counts) samples[count].push(await together(count, ms));
  } finally {
    for (const instance of instances) await end(instance, "SIGKILL");
  }
  return Object.fromEntries(Object.entries(samples).map(([count, rates]) => [count, median(rates)]));
}
