/**
 * An instance of the engine in a process of its own: `node child.mjs ROLE URL`. Talks by messages to its parent.
 *
 * ROLE is `victim`, which begins a run and waits in its middle to be killed; `heir`, which tells when it takes up such a
 * run; or `runner`, which runs the durable workflow for the milliseconds that it is told, and tells how often.
 */
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { durable, openEngine } from "./velella.mjs";

const require = createRequire(import.meta.url);
const { createStep, createWorkflow } = require("@velella/workflows");

const [role, url] = process.argv.slice(2);
const tell = (what, transaction) => process.send({ what, transaction, at: Date.now() });

createWorkflow("bench-interrupted", () => {
  createStep("before", async () => "done")();
  createStep("during", async (_, { transactionId }) => {
    tell("reached", transactionId);
    if (role === "victim") await sleep(60_000);
  })();
  createStep("after", async (_, { transactionId }) => tell("ended", transactionId))();
});

const { engine, container } = await openEngine({ url });
if (role === "victim") {
  process.on("message", ({ transaction }) => void engine.run("bench-interrupted", { transactionId: transaction }));
} else if (role === "heir") {
  await engine.start();
} else {
  await engine.start();
  process.on("message", async ({ ms, concurrency }) => {
    const end = performance.now() + ms;
    let runs = 0;
    const work = async () => {
      for (; performance.now() < end; runs++) await durable(container).run({ input: { value: runs } });
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    process.send({ what: "worked", runs });
  });
}
tell("ready");
