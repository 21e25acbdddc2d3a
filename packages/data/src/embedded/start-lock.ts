import { randomBytes } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { embeddedErrors } from "./errors";
import { processStart } from "./process-identity";

const pollMs = 20;
/** Asking whether a process lives costs a process of its own on some systems. */
const pollsPerLivenessCheck = 10;

interface Holder {
  pid: number;
  start: string;
}

/**
 * Takes the lock under which an embedded database is created and started, waiting for whoever holds it.
 * The lock of a process that has died is taken over. Resolves to the function that releases it.
 *
 * The lock is the file with the highest number, and it is never removed, only followed by the next number: two
 * processes which both see a dead holder both try to create that number, and the file system lets one of them.
 * A process that comes late with a number already passed sees the higher one and withdraws.
 *
 * @throws embedded.start_lock_held after `timeoutMs`.
 */
export async function acquireStartLock(directory: string, timeoutMs: number): Promise<() => Promise<void>> {
  const self: Holder = { pid: process.pid, start: processStart(process.pid) ?? "" };
  const giveUpAt = Date.now() + timeoutMs;
  for (let poll = 0; ; poll++) {
    await mkdir(directory, { recursive: true });
    const top = await highest(directory);
    const holder = top > 0 ? await holderOf(directory, top) : undefined;
    if (!holder || (poll % pollsPerLivenessCheck === 0 && processStart(holder.pid) !== holder.start)) {
      if (await createNumber(directory, top + 1, self)) return () => markReleased(directory, top + 1);
      continue;
    }
    if (Date.now() > giveUpAt) throw embeddedErrors.startLockHeld(directory, holder.pid, Math.round(timeoutMs / 1000));
    await delay(pollMs);
  }
}

const fileOf = (directory: string, number: number) => path.join(directory, `start-lock.${number}`);

async function numbers(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch(ifMissing([]));
  return names.map((name) => Number(/^start-lock\.(\d+)$/.exec(name)?.[1] ?? 0)).filter((number) => number > 0);
}

const highest = async (directory: string) => Math.max(0, ...(await numbers(directory)));

/** Undefined when released, and when a newer holder has just removed it. */
async function holderOf(directory: string, number: number): Promise<Holder | undefined> {
  const text = await readFile(fileOf(directory, number), "utf8").catch(ifMissing(""));
  return text === "" ? undefined : (JSON.parse(text) as Holder);
}

async function createNumber(directory: string, number: number, self: Holder): Promise<boolean> {
  const file = fileOf(directory, number);
  try {
    const draft = await writeDraft(directory, JSON.stringify(self));
    // Unlike a write, a link appears with its whole content, and only where nothing is.
    await link(draft, file).finally(() => rm(draft, { force: true }));
  } catch (error) {
    // ENOENT: the folder of a temporary database was removed meanwhile.
    if (["EEXIST", "ENOENT"].includes(codeOf(error))) return false;
    throw error;
  }
  const all = await numbers(directory);
  if (Math.max(...all, number) > number) {
    await rm(file, { force: true });
    return false;
  }
  await Promise.all(all.filter((other) => other < number).map((other) => rm(fileOf(directory, other), { force: true })));
  return true;
}

async function markReleased(directory: string, number: number): Promise<void> {
  try {
    await rename(await writeDraft(directory, ""), fileOf(directory, number));
  } catch (error) {
    // A temporary database is removed together with the folder of its lock.
    if (codeOf(error) !== "ENOENT") throw error;
  }
}

async function writeDraft(directory: string, text: string): Promise<string> {
  const draft = path.join(directory, `start-lock-draft.${randomBytes(6).toString("hex")}`);
  await writeFile(draft, text);
  return draft;
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? "";

function ifMissing<T>(value: T) {
  return (error: unknown): T => {
    if (codeOf(error) === "ENOENT") return value;
    throw error;
  };
}
