import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect } from "vitest";
import type { CrashOptions } from "./crash-child";
import type { World } from "./world";

const child = join(__dirname, "../../dist/testing/crash-child.js");

/** What became of a run in a process of its own: the boundaries that it passed, or how to kill the process that has stopped. */
export type CrashRun = { passed: string[] } | { kill(): Promise<void> } | "killed";

/** Runs the crash workflow in a process of its own, to its end or to the boundary where it is to die. */
export async function inCrashChild(options: CrashOptions): Promise<CrashRun> {
  const env = { ...process.env, CRASH_ODD: options.heir ? "no" : "yes" };
  const started = spawn(process.execPath, [child, JSON.stringify(options)], { env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<[code: number | null, signal: string | null]>((resolve) => {
    started.on("close", (code, signal) => resolve([code, signal]));
  });
  let said = "";
  const stops = new Promise<"stopped">((resolve) => {
    started.stdout.on("data", (data) => {
      said += String(data);
      if (said === "stopped\n") resolve("stopped");
    });
  });
  const end = await Promise.race([ended, stops]);
  if (end === "stopped")
    return {
      kill: async () => {
        started.kill("SIGKILL");
        await ended;
      },
    };
  const [code, signal] = end;
  if (signal === "SIGKILL") return "killed";
  expect([code, signal, said]).toStrictEqual([0, null, expect.stringMatching(/^\[/)]);
  return { passed: JSON.parse(said) as string[] };
}

const counters = ["counted", "inner", "side", "together", "together-too"];
const things = ["first=TOKEN", "hook=4", "inner=4", "left=l", "right=r"];

/** What the world looks like after the crash workflow, whether it was disturbed or not. */
const expected = {
  forward: (odd: boolean) =>
    [...counters.map((counter) => `${counter}#1`), ...things, `last=TOKEN, odd: ${odd ? "yes" : "no"}`, ...(odd ? ["odd=yes"] : [])].sort(),
  undone: counters.map((counter) => `${counter}#0`),
};

/** The idempotency key of each step, `TRANSACTION` in the place of the run's: the same in every run. */
export type StepKeys = ReadonlyMap<string, string>;

/** The idempotency keys that the steps of an undisturbed run came with: each with one, of its own. */
export async function stepKeysOf(world: World, transaction: string): Promise<StepKeys> {
  const sightings = await world.sightings(transaction);
  expect(sightings.filter(({ n }) => n !== 1)).toStrictEqual([]);
  const keys = new Map(sightings.map(({ step, key }) => [step, key.replace(transaction, "TRANSACTION")]));
  expect([keys.size, new Set(keys.values()).size]).toStrictEqual([sightings.length, sightings.length]);
  for (const key of keys.values()) expect(key).toMatch(/^crash:TRANSACTION:.+:(invoke|compensate)$/);
  return keys;
}

/**
 * Checks the end of a run: what is there, whether its event was delivered, that no step was ever seen with another
 * idempotency key, and that the effects of transactional ones were made once.
 *
 * @param label Stands beside what differs.
 * @returns how often plain steps were made once more, or undefined when nothing has happened at all
 */
export async function checkEnd(
  world: World,
  transaction: string,
  { fail, keys, label }: { fail: boolean; keys: StepKeys; label: unknown },
): Promise<number | undefined> {
  const lines = await world.look(transaction);
  if (!lines.length) return undefined;
  // The token is made up anew in each run, and must be the same in both places.
  const token = lines.find((line) => line.startsWith("first="))?.slice(6) ?? "TOKEN";
  const normalised = lines.map((line) => line.replace(token, "TOKEN")).sort();
  expect([label, normalised]).toStrictEqual([label, fail ? expected.undone : expected.forward(normalised.includes("odd=yes"))]);
  expect([label, await world.told(transaction)]).toStrictEqual([label, fail ? 0 : 1]);
  const sightings = await world.sightings(transaction);
  const seen = sightings.map(({ step, key }) => [step, key.replace(transaction, "TRANSACTION")]);
  expect([label, seen]).toStrictEqual([label, sightings.map(({ step }) => [step, keys.get(step)])]);
  const transactional = /\/count[\w-]*\//;
  expect([label, sightings.filter(({ step, n }) => transactional.test(step) && n !== 1)]).toStrictEqual([label, []]);
  return sightings.reduce((sum, { n }) => sum + n - 1, 0);
}
