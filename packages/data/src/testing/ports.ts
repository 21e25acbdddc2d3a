import type { ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { testingErrors } from "./errors";

/**
 * A port of this machine on which nothing listens. It is none of those that systems hand out by themselves, so that nobody
 * gets it by chance before somebody listens on it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    if (await canBeListenedOn(port)) return port;
  }
}

function canBeListenedOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
}

/** Whether something listens on a port of a machine; this one by default. */
export function answers(port: number, host = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const settle = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket.once("connect", () => settle(true)).once("error", () => settle(false));
  });
}

/** Resolves when a process listens on its port; throws when it has ended, or takes longer than ten seconds. */
export async function listens(name: string, port: number, child: ChildProcess): Promise<void> {
  for (const giveUpAt = Date.now() + 10_000; ; await sleep(20)) {
    if (await answers(port)) return;
    if (child.exitCode !== null || Date.now() > giveUpAt) throw testingErrors.notStarted(name, child.exitCode);
  }
}
