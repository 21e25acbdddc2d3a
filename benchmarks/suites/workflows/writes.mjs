import { fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { compete } from "../../lib/measure.mjs";
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
      return { calls: answer.requests, seconds: answer.seconds };
    };
    const paths = ["floor", "shared-writes", "journalled-writes", "writes", "plain-writes"];
    const counts = {};
    for (const path of paths) {
      // The first requests connect, prepare, and show what the plan emits.
      await send(path, concurrency, roundMs);
      counts[path] = (await countStatements(() => send(path, 1, 0))).statements.length;
    }
    const results = await compete(Object.fromEntries(paths.map((path) => [path, path])), {
      ...{ concurrency, rounds, roundMs },
      ...meter,
      load: send,
    });
    for (const path of paths) results[path].statements = counts[path];
    return results;
  } finally {
    load.kill();
    await floor.close();
    await app.stop();
  }
}
