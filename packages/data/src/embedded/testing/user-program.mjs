// A process that uses an embedded database, driven by messages of its parent: see user-process.ts.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { startEmbedded } = require("../../../dist/embedded/start-embedded.js");
const { provideBinaries } = require("../../../dist/embedded/binaries.js");
const { createLogger } = require("@velella/kernel");
const { Client } = require("pg");

const { VELELLA_TEST_UID: uid, VELELLA_TEST_CACHE: cache } = process.env;
if (uid) {
  // The repository may lie where this user cannot read, so all code is loaded before; programs must be at hand, too.
  provideBinaries([cache]);
  process.setgroups([]);
  process.setgid(Number(uid));
  process.setuid(Number(uid));
}

let embedded;
const commands = {
  async start(options) {
    embedded = await startEmbedded({ ...options, logger: createLogger({ pretty: false }) });
    return { url: embedded.url, joined: embedded.joined, dataDirectory: embedded.dataDirectory };
  },
  async query(statement) {
    const client = new Client(embedded.url);
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  },
  stop: () => embedded.stop(),
  async goIdle() {
    setImmediate(() => process.disconnect());
  },
};

process.on("SIGINT", () => process.send({ signal: "SIGINT" }));
process.on("message", async ({ id, command, argument }) => {
  try {
    process.send({ id, result: await commands[command](argument) });
  } catch (error) {
    process.send({ id, error: { message: error.message, reason: error.reason } });
  }
});
process.send({ ready: true });
