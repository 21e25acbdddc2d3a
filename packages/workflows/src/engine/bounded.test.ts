import { afterAll, beforeAll, expect, test } from "vitest";
import { createStep, createWorkflow, StepResponse, WorkflowResponse } from "../index";
import { eventually, testEngines } from "../testing/test-engine";

// BOUNDED_RUNS chooses how many: the tables must not know. What a few show is that no run leaves more than it may, at any moment
// and at the end; that this holds under load, and that files do not grow, takes the many of `npm run test:long`.

const runs = Number(process.env.BOUNDED_RUNS ?? 200);
const atOnce = Math.min(40, runs / 20);
const tests = testEngines();
beforeAll(() => tests.open());
afterAll(() => tests.close());

test(
  `the tables stay bounded over ${runs} runs, with events, failures and retention`,
  async () => {
    const { engine, container } = tests.engine({ journalAll: true, sweepInterval: 200, eventRetention: 0.5 });
    let heard = 0;
    engine.subscribers.add({ id: "s", events: ["bounded"], concurrency: 20, handler: () => void heard++ });
    await engine.start();
    const noop = createStep(
      "noop",
      async (n: number) => new StepResponse(n),
      async () => undefined,
    );
    const tell = createStep({ name: "tell", pure: true, emits: true }, async (n: number, { emit }) => {
      if (n % 4 === 0) emit({ name: "bounded", data: n });
    });
    const fail = createStep("fail", async (n: number) => {
      if (n % 50 === 1) throw new Error("one of fifty");
    });
    const compose = (n: number) => {
      const first = noop(n);
      tell(n);
      fail(n);
      return new WorkflowResponse(first);
    };
    const gone = createWorkflow("bounded-gone", compose);
    const kept = createWorkflow({ name: "bounded-kept", retentionTime: 1 }, compose);
    const count = async () => {
      const tables = ["execution", "step", "event", "task", "instance", "fire"];
      const counts = tables.map((table) => `(select count(*) from velella_${table})`).join(" + ");
      const { rows } = await tests.connection.query<{ n: string }>(`select ${counts} as n`);
      return Number(rows[0]?.n);
    };
    /** Runs that are not kept have their rows while they are at work, and steps theirs as long as their runs have. */
    const leftBehind = async () => {
      const { rows } = await tests.connection.query<{ gone: number; orphans: number }>(
        `select (select count(*)::int from velella_execution where workflow_id = 'bounded-gone') as gone,
          (select count(*)::int from velella_step where execution_id not in (select id from velella_execution)) as orphans`,
      );
      return rows[0];
    };
    let most = 0;
    let watching = true;
    const watch = (async () => {
      for (; watching; await new Promise((resolve) => setTimeout(resolve, 100))) most = Math.max(most, await count());
    })();
    const since = performance.now();
    let next = 0;
    const work = async () => {
      for (let n = next++; n < runs; n = next++) {
        // Every tenth is kept for a second.
        await (n % 10 === 5 ? kept : gone)(container).run({ input: n, throwOnError: false });
        if (n % (runs / 20) > 0) continue;
        const left = await leftBehind();
        expect(left?.orphans).toBe(0);
        expect(left?.gone).toBeLessThan(atOnce);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work)).finally(() => (watching = false));
    const perSecond = (runs / (performance.now() - since)) * 1000;
    await watch;
    expect(
      await eventually(
        () => heard,
        (n) => n >= Math.floor(runs / 4),
        20,
      ),
    ).toBe(Math.ceil(runs / 4));
    // What is at work, what a second keeps (a tenth, of four rows each) and what half a second of events is; with room for slow sweeps.
    expect(most).toBeLessThan(atOnce * 4 + perSecond * 4);
    // Nothing stays but the instance.
    expect(await eventually(count, (n) => n === 1, 10)).toBe(1);
    const { rows } = await tests.connection.query<{ mb: number }>(
      `select sum(pg_total_relation_size(c.oid))::float8 / 1048576 as mb from pg_class c where relname like 'velella\\_%' and relkind = 'r'`,
    );
    console.log(`${runs} runs, ${Math.round(perSecond)} per second; at most ${most} rows, ${rows[0]?.mb.toFixed(1)} MB at the end`);
    // Files shrink with no row, and grow until autovacuum, which looks each minute, has made room in them.
    expect(rows[0]?.mb).toBeLessThan(64 + (perSecond * 120 * 1.2) / 1024);
  },
  30_000 + runs * 20,
);
