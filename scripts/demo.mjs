#!/usr/bin/env node
/**
 * From a fresh clone to a shop that answers: installs what is missing, builds, migrates, fills the catalogue, serves.
 *
 *   npm run demo [-- FOLDER OF AN APP]
 *
 * PORT          the port to serve on; 9000 by default
 * DATABASE_URL  a PostgreSQL server to use; by default an embedded one, whose data stays in the app's folder
 */
import { join, resolve } from "node:path";
import { requireNode } from "./prepare/node-version.mjs";

requireNode();
const { prepare, root } = await import("./prepare/prepare.mjs");
const { report, step } = await import("./prepare/run.mjs");
const { requireFreePort, ServedApp } = await import("./demo/served-app.mjs");
const { admin, fill, look } = await import("./demo/catalogue.mjs");
const { curlLines } = await import("./demo/curl-lines.mjs");

async function main() {
  const port = Number(process.env.PORT || 9000);
  await requireFreePort(port);
  await prepare();
  const app = new ServedApp(resolve(process.argv[2] ?? join(root, "examples", "shop")), port);
  await step("Migrating the database", () => app.command("db:migrate"));
  const told = untilToldToEnd();
  try {
    await step("Starting the shop", () => app.start());
    await step("Filling the catalogue", () => fill(app));
    welcome(app.url, await look(app));
    app.showOutput();
    await Promise.race([told, app.ended]);
  } finally {
    await app.stop();
  }
  console.log("Stopped. The data is there at the next start.");
}

/**
 * @param {string} url
 * @param {Awaited<ReturnType<typeof look>>} known
 */
function welcome(url, known) {
  console.log(
    `\nThe shop is at ${url}; its code is in examples/shop. ${admin.email} logs in with "${admin.password}".\nTry, in another terminal:\n`,
  );
  for (const { title, line } of curlLines(url, known)) console.log(`# ${title}\n${line}\n`);
  console.log("Ctrl-C stops everything.\n");
}

function untilToldToEnd() {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, resolve);
  });
}

main().catch(report);
