/**
 * Reads and writes of a catalogue: this engine, SQL by hand, MikroORM 6 and Drizzle, against one database.
 *
 *   npm run bench -- query [CASE …] [--rounds=N] [--round-ms=N] [--only=NAME,…]
 *
 * CASE is list, listRows, nested, update, insert or filter; all by default. Before a case is measured, the results of
 * all contenders are compared. Figures: `<case>_cpu_vs_pg` and `<case>_rate_vs_pg` at 32 concurrent, `…_c1` at one,
 * `<case>_statements`, and how much CPU MikroORM and Drizzle take against this engine.
 */
import { deepStrictEqual } from "node:assert/strict";
import pg from "pg";
import { readArguments } from "../lib/arguments.mjs";
import { openDatabase } from "../lib/database.mjs";
import { compete } from "../lib/measure.mjs";
import { printComparison, printFigures } from "../lib/report.mjs";
import { fillCatalogue, importedRows, someBrand, someProduct } from "./query/cases.mjs";
import { openDrizzle } from "./query/drizzle.mjs";
import { essence } from "./query/essence.mjs";
import { openMikroOrm } from "./query/mikro-orm.mjs";
import { openPg } from "./query/pg.mjs";
import { countStatements } from "./query/statements.mjs";
import { openVelella } from "./query/velella.mjs";

const small = { products: 1_000, brands: 100 };
const large = { from: small.products, products: 100_000, brands: 1_000, alone: true };

const poolSize = 10;
const names = ["list", "listRows", "nested", "update", "insert", "filter"];
const { cases, options } = readArguments(process.argv.slice(2), names, { rounds: 5, "round-ms": 600, only: "velella,pg,mikro,drizzle" });
const { rounds, "round-ms": roundMs, only } = options;

const database = await openDatabase();
const client = new pg.Client({ connectionString: database.url });
await client.connect();
const config = { url: database.url, poolSize };
const all = { velella: openVelella(config), pg: openPg(config), mikro: await openMikroOrm(config), drizzle: openDrizzle(config) };
const contenders = Object.fromEntries(Object.entries(all).filter(([name]) => name === "pg" || only.split(",").includes(name)));

/** `check` is run once, on `sample`, to compare what all give; `run` is measured, on what `input` gives each contender. */
const measures = {
  list: { title: "List: 20 of 1,000 products, and how many there are", run: (who) => who.list() },
  listRows: { title: "List without a count, by the module's service", run: (who) => who.listRows() },
  nested: {
    title: "20 products with options and values, variants, images, tags, and the brand linked with them",
    run: (who) => who.nested(),
  },
  update: {
    title: "Update by id",
    run: (who) => who.update(someProduct(small.products), `Title ${Math.random()}`),
    check: (who) => who.update(someProduct(1), `Title ${Math.random()}`),
  },
  insert: {
    title: "Insert of 1,000 products at once",
    run: (who) => who.insert(importedRows(1_000)),
    check: (who, rows) => who.insert(rows),
    sample: () => importedRows(1_000),
    before: () => client.query("truncate imported_product"),
  },
  filter: {
    title: "100 of 100,000 products by the name of their brand",
    setup: () => fillCatalogue(client, large),
    run: (who, next) => who.filter(next()),
    input: () => someBrand(small.brands),
    sample: () => () => "Brand 0007",
  },
};

console.log(`PostgreSQL ${database.version}, Node ${process.version}; ${rounds} rounds of ${roundMs} ms, pools of ${poolSize}`);
if (!database.meter.postmaster) console.log("The server is on another machine: CPU is that of node alone.");
const figures = {};
try {
  await all.velella.createTables();
  await fillCatalogue(client, small);
  for (const name of cases) await measure(name, measures[name]);
} finally {
  for (const who of Object.values(all)) await who.close();
  await client.end();
  await database.close();
}
printFigures("query", figures);

async function measure(name, { title, setup, run, check = run, input = () => undefined, sample = input, before }) {
  await setup?.();
  const statements = await compareResults(name, { check, sample, before });
  for (const concurrency of [1, 32]) {
    const calls = Object.fromEntries(
      Object.entries(contenders).map(([key, who]) => {
        const given = input();
        return [key, () => run(who, given)];
      }),
    );
    const results = await compete(calls, { concurrency, rounds, roundMs, before, ...database.meter });
    for (const [key, result] of Object.entries(results)) result.statements = statements[key];
    printComparison(`${title}, ${concurrency} at a time`, results, "pg");
    addFigures(name, concurrency === 1 ? "_c1" : "", results);
  }
}

/** Runs a case once with each contender, and makes sure that all give the same. */
async function compareResults(name, { check, sample, before }) {
  const statements = {};
  let expected;
  const given = sample();
  for (const [key, who] of Object.entries({ pg: contenders.pg, ...contenders })) {
    // The first calls connect and prepare.
    for (let call = 0; call < 5; call++) {
      await before?.();
      await check(who, given);
    }
    await before?.();
    const counted = await countStatements(() => check(who, given));
    statements[key] = counted.statements.length;
    const result = essence[name](counted.result);
    expected ??= result;
    deepStrictEqual(result, expected, `${key} gives something else than pg in "${name}".`);
  }
  return statements;
}

function addFigures(name, suffix, { velella, pg: byHand, mikro, drizzle }) {
  if (!velella) return;
  const key = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  figures[`${key}_cpu_vs_pg${suffix}`] = velella.cpuMs / byHand.cpuMs;
  figures[`${key}_rate_vs_pg${suffix}`] = velella.perSecond / byHand.perSecond;
  if (suffix) return;
  figures[`${key}_statements`] = velella.statements;
  if (mikro) figures[`${key}_cpu_mikro_vs_ours`] = mikro.cpuMs / velella.cpuMs;
  if (drizzle) figures[`${key}_cpu_drizzle_vs_ours`] = drizzle.cpuMs / velella.cpuMs;
}
