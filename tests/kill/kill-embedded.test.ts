import { readFileSync } from "node:fs";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { startEmbedded } from "@velella/data";
import { Client } from "pg";
import { expect, test } from "vitest";
import { adminHeaders, prepareDatabase, startApp } from "../support/running-app";
import { shopCopy } from "../support/scratch-app";
import { expectWhole, writeUntilKilled } from "./shop-under-kill";
import type { Answered } from "./shop-under-kill";

const parentOf = (pid: number): number => Number(/^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);

/** All processes of the embedded PostgreSQL: the postmaster and its children. */
async function databaseProcesses(directory: string): Promise<number[]> {
  const embedded = await startEmbedded({ directory: join(directory, ".velella", "postgres") });
  const client = new Client({ connectionString: embedded.url });
  await client.connect();
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const postmaster = parentOf(rows[0]!.pid);
  await client.end();
  await embedded.stop();
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  const isChild = (pid: number) => {
    try {
      return parentOf(pid) === postmaster;
    } catch {
      return false; // gone meanwhile
    }
  };
  return [postmaster, ...all.filter(isChild)];
}

function killAll(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}

// Ten starts of a whole shop and of its database, with its recovery.
test.runIf(process.platform === "linux")(
  "server and embedded database killed together, ten times: every answered write is there, nothing half done",
  { timeout: 300_000 },
  async () => {
    const scratch = shopCopy();
    const options = { directory: scratch.directory, env: { DATABASE_URL: undefined } };
    await prepareDatabase(options);
    const answered: Answered = { created: new Set(), updated: new Map() };
    let app = await startApp(options);
    try {
      const brand = await app.request("POST", "/admin/brands", {
        headers: await adminHeaders(app),
        body: { name: "Vela", handle: "vela" },
      });
      for (let round = 0; round < 10; round++) {
        const pids = await databaseProcesses(scratch.directory);
        await writeUntilKilled(app, brand.body.brand.id, answered, round * 61, async () => {
          killAll(pids);
          await app.kill();
          killAll(pids);
        });
        app = await startApp(options);
        const embedded = await startEmbedded({ directory: join(scratch.directory, ".velella", "postgres") });
        await expectWhole(embedded.url, answered);
        await embedded.stop();
      }
      expect(answered.created.size).toBeGreaterThanOrEqual(40);
    } finally {
      await app.stop();
      scratch.remove();
    }
  },
);
