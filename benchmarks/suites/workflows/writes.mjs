import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { nodeCpu, postgresCpu } from "../../lib/cpu.mjs";
import { median } from "../../lib/measure.mjs";
import { countStatements } from "../query/statements.mjs";
import { openFloor } from "./writes-floor.mjs";

const require = createRequire(import.meta.url);
const { openApp } = require("@velella/cli");
const { silentLogger } = require("@velella/kernel");

const directory = fileURLToPath(new URL("app", import.meta.url));
const body = { account: "acc_01", amount: 1, note: null };

/**
 * Boots a complete app in this process, and measures requests that another one sends.
 *
 * @returns by the last part of the path: `shared-writes` with steps that share a transaction, and so need no records;
 *   `journalled-writes` with the same in a run that is on record all the same; `writes` with transactional steps, each in one of
 *   its own, `plain-writes` with plain ones, both journalled. `floor` is the same in a hand-written server. Medians of the rounds,
 *   and the statements of one request
 */
export async function measureWrites({ url, meter, rounds, roundMs, concurrency }) {
  process.env.DATABASE_URL = url;
  const migrating = await openApp({ directory, mode: "migrate", logger: silentLogger() });
  await migrating.migrate();
  await migrating.stop();
  const app = await openApp({ directory, mode: "start", logger: silentLogger() });
  const { url: origin } = await app.start({ host: "127.0.0.1", port: 0 });
  const floor = await openFloor(url);
  const load = fork(new URL("load.mjs", import.meta.url));
  try {
    await once(load, "message");
    const send = async (path, atOnce, ms) => {
      load.send({ url: path === "floor" ? floor.origin : `${origin}/bench/${path}`, body, concurrency: atOnce, ms });
      const [answer] = await once(load, "message");
      if (answer.failure) throw new Error(answer.failure);
      return answer;
    };
    const results = {};
    for (const path of ["floor", "shared-writes", "journalled-writes", "writes", "plain-writes"]) {
      await send(path, concurrency, roundMs);
      const { statements } = await countStatements(() => send(path, 1, 0));
      results[path] = { statements, rows: [] };
    }
    for (let round = 0; round < rounds; round++) {
      for (const [path, { rows }] of Object.entries(results)) {
        globalThis.gc?.();
        const server = postgresCpu(meter.postmaster, meter.database);
        const node = nodeCpu();
        const { requests, seconds } = await send(path, concurrency, roundMs);
        const nodeMs = ((nodeCpu() - node) * 1000) / requests;
        const serverMs = ((postgresCpu(meter.postmaster, meter.database) - server) * 1000) / requests;
        rows.push({ perSecond: requests / seconds, cpuMs: nodeMs + serverMs, nodeMs });
      }
    }
    return Object.fromEntries(
      Object.entries(results).map(([path, { statements, rows }]) => [
        path,
        {
          statements: statements.length,
          perSecond: median(rows.map((row) => row.perSecond)),
          cpuMs: median(rows.map((row) => row.cpuMs)),
          nodeMs: median(rows.map((row) => row.nodeMs)),
        },
      ]),
    );
  } finally {
    load.kill();
    await floor.close();
    await app.stop();
  }
}
