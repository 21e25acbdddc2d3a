import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { supervise } from "./supervisor";
import type { Supervisor } from "./supervisor";

let directory: string;
let supervisor: Supervisor | undefined;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "velella-supervisor-"));
});
afterEach(async () => {
  await supervisor?.stop();
  rmSync(directory, { recursive: true });
});

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });

const log = () => {
  try {
    return readFileSync(join(directory, "log"), "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
};

function start(script: string, graceMs?: number): { exits: (number | null)[] } {
  writeFileSync(
    join(directory, "server.js"),
    `const { appendFileSync } = require("fs"); const log = (line) => appendFileSync("log", line + "\\n");\n${script}`,
  );
  const exits: (number | null)[] = [];
  supervisor = supervise({
    command: [process.execPath, "server.js"],
    directory,
    env: process.env,
    onExit: (code) => exits.push(code),
    graceMs,
  });
  return { exits };
}

// It says that it is up when it hears the signal, and not before.
const serving = `const alive = setInterval(() => {}, 1000);
process.on("SIGTERM", () => { clearInterval(alive); setTimeout(() => { log("down"); process.exit(0); }, 50); });
log("up");`;

test("a restart waits until the old process has ended", async () => {
  const { exits } = start(serving);
  await supervisor?.restart();
  await eventually(() => expect(log()).toEqual(["up"]));
  await supervisor?.restart();
  await eventually(() => expect(log()).toEqual(["up", "down", "up"]));
  expect(exits).toEqual([]);
});

test("restarts asked for meanwhile become one", async () => {
  start(serving);
  await supervisor?.restart();
  await eventually(() => expect(log()).toEqual(["up"]));
  await Promise.all([supervisor?.restart(), supervisor?.restart(), supervisor?.restart()]);
  await supervisor?.stop();
  const starts = log().filter((line) => line === "up").length;
  expect(starts).toBeLessThanOrEqual(3);
  expect(log().at(-1)).toBe("down");
});

test("a process that ends by itself is reported, and can be started again", async () => {
  const { exits } = start(`log("up"); process.exit(3);`);
  await supervisor?.restart();
  await eventually(() => expect(exits).toEqual([3]));
  await supervisor?.restart();
  await eventually(() => expect(exits).toEqual([3, 3]));
});

test("a process that does not end is killed", async () => {
  // Long enough for a process that has to wait its turn to hear of the signal.
  start(`setInterval(() => {}, 1000); process.on("SIGTERM", () => log("no")); log("up");`, 2000);
  await supervisor?.restart();
  await eventually(() => expect(log()).toEqual(["up"]));
  await supervisor?.stop();
  expect(log()).toEqual(["up", "no"]);
});
