import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireStartLock } from "./start-lock";
import { processStart } from "./process-identity";

let directory: string;
beforeEach(() => {
  directory = path.join(mkdtempSync(path.join(os.tmpdir(), "velella-lock-")), "made-when-missing");
});
afterEach(() => rmSync(path.dirname(directory), { recursive: true, force: true }));

const hold = (holder: { pid: number; start: string }) => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(path.join(directory, "start-lock.7"), JSON.stringify(holder));
};

/** Takes the lock `count` times at once, and reports how many held it at the same time at most. */
async function mostHolders(count: number): Promise<number> {
  let [now, most] = [0, 0];
  const once = async () => {
    const release = await acquireStartLock(directory, 30_000);
    most = Math.max(most, ++now);
    await delay(2);
    now--;
    await release();
  };
  await Promise.all(Array.from({ length: count }, once));
  return most;
}

test("one holder at a time, also when all find a dead one's lock", async () => {
  hold({ pid: 2 ** 22 + 1, start: "long ago" });
  expect(await mostHolders(25)).toBe(1);
});

test("only the last lock's file stays", async () => {
  await mostHolders(5);
  expect(readdirSync(directory)).toEqual(["start-lock.5"]);
});

test("the lock of a living process is waited for, in vain after the time given", async () => {
  hold({ pid: process.pid, start: processStart(process.pid) as string });
  await expect(acquireStartLock(directory, 100)).rejects.toMatchObject({
    reason: "embedded.start_lock_held",
    message: expect.stringContaining(`Process ${process.pid}`),
  });
});

test("a process id that was given to another process holds nothing", async () => {
  hold({ pid: process.pid, start: "an earlier process" });
  await (
    await acquireStartLock(directory, 100)
  )();
});
