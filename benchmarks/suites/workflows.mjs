/**
 * Workflows: plain calls, durable runs, writes over HTTP, events, resuming after a kill, several processes.
 *
 *   npm run bench -- workflows [CASE …] [--rounds=N] [--round-ms=N] [--kills=N]
 *
 * CASE is noop5, durable5, write5, events, resume or scale; all by default. Stands beside: `@medusajs/workflows-sdk` in
 * memory, DBOS on the same database, BullMQ on Redis (`REDIS_URL`, or the local one) and pg-boss on the same database.
 *
 * Figures, beside those that the printed lines explain: `noop5_*_vs_medusa` are ratios of throughput, one run at a time, with
 * steps declared pure, `…_plain_…` with the very same source as the other's, and `…_contained_…` with that run in a container;
 * `durable5_vs_dbos` is the ratio of throughput at 32 concurrent runs, `…_c1` at one; `write5_cpu_ms` is CPU of node and
 * PostgreSQL per request at 32 concurrent, with steps that share a transaction; `…_journalled_…` with the same in a run that is
 * on record as well, `…_transactional_…` with steps that each have a transaction of their own, `…_plain_…` with plain ones.
 */
import { deepStrictEqual } from "node:assert/strict";
import pg from "pg";
import { readArguments } from "../lib/arguments.mjs";
import { openDatabase } from "../lib/database.mjs";
import { compete, median } from "../lib/measure.mjs";
import { printComparison, printFigures } from "../lib/report.mjs";
import { openBullMq, openOutbox, openPgBoss } from "./workflows/buses.mjs";
import { openDbos } from "./workflows/dbos.mjs";
import { cartOf, fiveSteps, sdks } from "./workflows/direct.mjs";
import { measureResumes, measureScaleOut } from "./workflows/processes.mjs";
import { durable, openEngine } from "./workflows/velella.mjs";
import { measureWrites } from "./workflows/writes.mjs";

const measures = { noop5, durable5, write5, events, resume, scale };
const { cases, options } = readArguments(process.argv.slice(2), Object.keys(measures), { rounds: 5, "round-ms": 600, kills: 12 });
const { rounds, "round-ms": roundMs, kills } = options;
const redisUrl = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
const concurrency = 32;
const poolSize = 14;

const figures = {};
const database = await openDatabase();
try {
  await makeDurable();
  console.log(`PostgreSQL ${database.version}, Node ${process.version}; ${rounds} rounds of ${roundMs} ms`);
  for (const name of cases) await measures[name]();
} finally {
  await database.close();
}
printFigures("workflows", figures);
// Contenders may leave timers behind.
process.exit(0);

/** What the figures claim is true only on a database that does not acknowledge what it could lose. */
async function makeDurable() {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query("select current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync");
  await client.end();
  deepStrictEqual(rows[0], { commit: "on", fsync: "on" }, "The server must run with synchronous_commit and fsync on.");
}

async function noop5() {
  const velella = sdks.velella();
  const pure = fiveSteps(velella, "pure", { pure: true });
  const plain = fiveSteps(velella, "plain");
  const medusa = fiveSteps(sdks.medusa(), "medusa");
  const variants = [
    ["noop", "noop5", "Five no-op steps", { value: 1 }],
    ["when", "when5", "Five steps with transforms and a condition", { value: 1 }],
    ["noop", "noop5_cart", "Five no-op steps, a cart of 50 lines as payload", cartOf(50)],
    ["when", "when5_cart", "Five steps with transforms and a condition, a cart of 50 lines as payload", cartOf(50)],
  ];
  for (const [kind, key, title, input] of variants) {
    const contenders = Object.fromEntries(
      Object.entries({ pure, plain, medusa }).map(([name, workflows]) => [name, () => workflows[kind]().run({ input })]),
    );
    const { result: expected } = await contenders.medusa();
    for (const run of Object.values(contenders)) deepStrictEqual((await run()).result, expected);
    const results = await compete(contenders, { rounds, roundMs });
    printComparison(title, results, "medusa");
    figures[`${key}_vs_medusa`] = results.pure.perSecond / results.medusa.perSecond;
    figures[`${key}_plain_vs_medusa`] = results.plain.perSecond / results.medusa.perSecond;
  }
  // Last, since from the first such run on node follows each promise of the process, that of the peer as well.
  const container = sdks.container();
  const input = { value: 1 };
  const contenders = { plain: () => plain.noop(container).run({ input }), medusa: () => medusa.noop().run({ input }) };
  const results = await compete(contenders, { rounds, roundMs });
  printComparison("Five no-op steps in a container, which may have an event bus", results, "medusa");
  figures.noop5_contained_vs_medusa = results.plain.perSecond / results.medusa.perSecond;
}

async function durable5() {
  const { url, meter } = database;
  const velella = await openEngine({ url });
  const dbos = await openDbos({ url, poolSize });
  try {
    const input = { value: 1 };
    const contenders = {
      velella: async () => (await durable(velella.container).run({ input })).result,
      dbos: () => dbos.run(input),
    };
    for (const run of Object.values(contenders)) deepStrictEqual(await run(), input);
    for (const atOnce of [1, concurrency]) {
      const results = await compete(contenders, { concurrency: atOnce, rounds, roundMs, ...meter });
      printComparison(`Durable runs of five steps, ${atOnce} at a time`, results, "dbos");
      const key = `durable5_vs_dbos${atOnce === 1 ? "_c1" : ""}`;
      figures[key] = results.velella.perSecond / results.dbos.perSecond;
      figures[key.replace("vs_dbos", "cpu_vs_dbos")] = results.velella.cpuMs / results.dbos.cpuMs;
    }
  } finally {
    await velella.close();
    await dbos.close();
  }
}

async function write5() {
  const written = await measureWrites({ ...database, rounds, roundMs, concurrency });
  const { floor, "shared-writes": shared, "journalled-writes": journalled, writes: transactional, "plain-writes": plain } = written;
  const contenders = { shared, journalled, transactional, plain, floor };
  printComparison(`Five writing steps over HTTP, ${concurrency} at a time`, contenders, "floor");
  figures.write5_cpu_ms = shared.cpuMs;
  figures.write5_cpu_vs_floor = shared.cpuMs / floor.cpuMs;
  figures.write5_statements = shared.statements;
  figures.write5_journalled_cpu_ms = journalled.cpuMs;
  figures.write5_journalled_statements = journalled.statements;
  figures.write5_transactional_cpu_ms = transactional.cpuMs;
  figures.write5_transactional_statements = transactional.statements;
  figures.write5_plain_cpu_ms = plain.cpuMs;
}

async function events() {
  const { url, meter } = database;
  const buses = {
    outbox: await openOutbox(url),
    bullmq: await openBullMq(redisUrl),
    pgboss: await openPgBoss(url, poolSize),
  };
  try {
    const contenders = Object.fromEntries(Object.entries(buses).map(([name, bus]) => [name, bus.emit]));
    for (const atOnce of [1, concurrency]) {
      const results = await compete(contenders, { concurrency: atOnce, rounds, roundMs: Math.max(roundMs, 1200), ...meter });
      printComparison(`Events, from emit to handler, ${atOnce} at a time (Redis' CPU is not counted)`, results, "bullmq");
      const suffix = atOnce === 1 ? "_c1" : "";
      figures[`events_vs_bullmq${suffix}`] = results.outbox.perSecond / results.bullmq.perSecond;
      figures[`events_vs_pgboss${suffix}`] = results.outbox.perSecond / results.pgboss.perSecond;
      if (atOnce === 1) figures.event_p50_ms = 1000 / results.outbox.perSecond;
    }
  } finally {
    for (const bus of Object.values(buses)) await bus.close();
  }
}

async function resume() {
  const seconds = await measureResumes({ url: database.url, kills });
  figures.resume_p50_s = median(seconds);
  figures.resume_max_s = Math.max(...seconds);
  console.log(`\nResuming on another instance after kill -9, ${kills} times`);
  console.log(`  median ${figures.resume_p50_s.toFixed(3)} s, at most ${figures.resume_max_s.toFixed(3)} s`);
}

async function scale() {
  const counts = [1, 2, 4];
  const ms = Math.max(roundMs, 1500);
  const rates = await measureScaleOut({ url: database.url, counts, rounds: Math.min(rounds, 3), ms, concurrency: 2 * concurrency });
  console.log(`\nDurable runs of five steps, ${2 * concurrency} at a time over several processes on one database`);
  for (const count of counts) {
    figures[`scale_${count}_runs_per_s`] = rates[count];
    console.log(
      `  ${count} process${count === 1 ? " " : "es"} ${rates[count].toFixed(0)} runs/s, ${(rates[count] / rates[1]).toFixed(2)}x`,
    );
  }
}
