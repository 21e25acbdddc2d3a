import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import type { ChildProcess } from "node:child_process";

/** A port of this machine on which nothing listens. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when a process listens on its port; throws when it has ended, or takes longer than ten seconds. */
export async function listens(name: string, port: number, child: ChildProcess): Promise<void> {
  for (const giveUpAt = Date.now() + 10_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (await answers(port)) return;
    if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`${name} did not start (exit code ${child.exitCode}).`);
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
