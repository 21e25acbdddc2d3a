import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { postmasterOf } from "./cpu.mjs";

const { startEmbedded } = createRequire(import.meta.url)("@velella/data");

/**
 * An empty database of a suite's own: on the server of `DATABASE_URL`, or else on an embedded one in a temporary folder,
 * as durable as in production.
 *
 * @returns {Promise<{url: string, name: string, meter: {postmaster?: number, database?: string}, version: string, close: () => Promise<void>}>}
 *   `meter` is what `compete` needs to count the server's CPU
 */
export async function openDatabase() {
  const name = `velella_bench_${randomBytes(6).toString("hex")}`;
  const shared = process.env.DATABASE_URL;
  const server = shared ? { stop: async () => {}, url: shared } : await startServer();
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query(`create database "${name}"`);
  // A parallel worker's CPU would be lost when it ends. Compiling takes longer than what is measured here, for all alike.
  await admin.query(`alter database "${name}" set max_parallel_workers_per_gather = 0`);
  await admin.query(`alter database "${name}" set jit = off`);
  const postmaster = await postmasterOf(admin);
  const { rows } = await admin.query("select current_setting('server_version') as version");
  return {
    url: withDatabase(server.url, name),
    name,
    version: rows[0].version,
    meter: { postmaster, ...(shared ? { database: name } : {}) },
    async close() {
      await allGone(admin, name);
      await admin.query(`drop database if exists "${name}" with (force)`);
      await admin.end();
      await server.stop();
    },
  };
}

/** Waits until pools that were closed have gone: what still closes would fail when the database is dropped under it. */
async function allGone(admin, database) {
  for (let attempt = 0; attempt < 40; attempt++) {
    const { rows } = await admin.query("select count(*)::int as open from pg_stat_activity where datname = $1", [database]);
    if (rows[0].open === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function startServer() {
  const directory = mkdtempSync(join(tmpdir(), "velella-bench-"));
  const embedded = await startEmbedded({ directory });
  return {
    url: embedded.url,
    async stop() {
      await embedded.stop();
      // The data lies beside the server's log, in the folder or, for root, elsewhere.
      for (const folder of [directory, dirname(embedded.dataDirectory)]) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function withDatabase(url, name) {
  // The URL of a socket has no host, which `new URL` does not take everywhere.
  return url.replace(/^(postgres(?:ql)?:\/\/[^/?]*)(?:\/[^?]*)?/, `$1/${name}`);
}
