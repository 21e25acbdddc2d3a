import { asValue, createContainer } from "@velella/kernel";
import type { Container, SqlConnection } from "@velella/kernel";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPgConnection, createWorkflowEngine } from "../index";
import type { StepFailure, WorkflowExecution } from "../index";
import { withFaults } from "../testing/faults";
import { randomOf, randomWorkflow } from "../testing/random-plan";
import type { PlanServices, PlanWorlds } from "../testing/random-plan";
import { eventually, testEngines } from "../testing/test-engine";

// Random plans, undisturbed on the direct runner, and on the journalled one in a process that dies at a random
// boundary between statements: an engine whose connections are cut and whose statements and steps never answer again.
// The end must be the same. RANDOM_RUNS and RANDOM_SEED choose how many, and where to begin.

const runs = Number(process.env.RANDOM_RUNS ?? 100);
const firstSeed = Number(process.env.RANDOM_SEED ?? Math.floor(Math.random() * 1e9));
const atOnce = 20;

const tests = testEngines();
const worlds: PlanWorlds = new Map();
/** Names of the events of each run, by the id of the event. */
const delivered = new Map<string, Map<string, string>>();
const never = new Promise<never>(() => undefined);

beforeAll(async () => {
  await tests.open();
  const heir = tests.engine({ container: containerWith({ worlds, alive: async () => undefined }), registries: undefined });
  heir.engine.subscribers.add({
    id: "random",
    events: ["random"],
    handler: ({ id, data }) => {
      const { transactionId, name } = data as { transactionId: string; name: string };
      delivered.set(transactionId, (delivered.get(transactionId) ?? new Map<string, string>()).set(id, name));
    },
  });
  await heir.engine.start();
});
afterAll(() => tests.close());

function containerWith(services: PlanServices & Record<string, unknown>): Container {
  const container = createContainer();
  for (const [name, value] of Object.entries(services)) container.register(name, asValue(value));
  return container;
}

/** What can be seen of a run when it is over. */
const seen = (result: unknown, state: string, errors: StepFailure[], things: Iterable<string>, events: Iterable<string>) => ({
  result,
  state,
  errors: errors.map(({ action, handlerType }) => `${handlerType} ${action}`).toSorted(),
  things: [...things].toSorted(),
  events: [...events].toSorted(),
});

async function undisturbed(seed: number) {
  const own: PlanWorlds = new Map();
  const events: string[] = [];
  const emit = async (messages: { data: { name: string } }[]) => void events.push(...messages.map(({ data }) => data.name));
  const container = containerWith({ worlds: own, alive: async () => undefined, event_bus: { emit } });
  const { result, transaction, errors } = await randomWorkflow(seed)(container).run({
    input: { seed },
    transactionId: "direct",
    throwOnError: false,
  });
  return seen(result, transaction.getState(), errors, own.get("direct") ?? [], events);
}

/** Starts the run in a process that dies at the given boundary, counted from the one behind the statement that writes the run. */
async function inMortal(seed: number, dieAt: number): Promise<void> {
  const name = `mortal-${seed}`;
  const connection: SqlConnection = createPgConnection({ url: tests.url, poolSize: 4, application_name: name });
  let dead = false;
  let died: () => void = () => undefined;
  const death = new Promise<void>((resolve) => (died = resolve));
  let passed = 0;
  const mortal = withFaults(connection, ({ statement }) => {
    // Before that the instance makes itself known, and a busy machine has it do so more than once.
    if (passed || statement.startsWith("insert into velella_execution")) passed++;
    if (passed >= dieAt && !dead) {
      dead = true;
      died();
    }
    return dead ? never : undefined;
  });
  const container = containerWith({ worlds, alive: () => (dead ? never : Promise.resolve()) });
  const engine = createWorkflowEngine({ connection: mortal, container, sessionLock: false, leaseSeconds: 0.3 });
  container.register("workflows", asValue(engine));
  const run = randomWorkflow(seed)(container).run({ input: { seed }, transactionId: String(seed), throwOnError: false });
  await Promise.race([run.then(() => engine.stop()), death]);
  // Whatever transaction was open ends as it would with the process.
  if (dead) await tests.connection.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1`, [name]);
  else await connection.close();
}

async function ends(seed: number): Promise<WorkflowExecution | undefined> {
  const { rows } = await tests.connection.query<{ ended: boolean }>(
    `select not exists (select from velella_execution where transaction_id = $1 and finished_at is null) as ended`,
    [String(seed)],
  );
  if (!rows[0]?.ended) return undefined;
  const { engine } = reader;
  return (await engine.listWorkflowExecutions({ transaction_id: String(seed) })).at(0);
}
let reader: ReturnType<typeof tests.engine>;

test(
  `${runs} random plans end the same after a death at a random place (RANDOM_SEED=${firstSeed})`,
  async () => {
    reader = tests.engine();
    let deaths = 0;
    for (let from = 0; from < runs; from += atOnce) {
      const seeds = Array.from({ length: Math.min(atOnce, runs - from) }, (_, i) => firstSeed + from + i);
      await Promise.all(
        seeds.map(async (seed) => {
          const expected = await undisturbed(seed);
          await inMortal(seed, 1 + Math.floor(randomOf(seed + 1)() * 25));
          const execution = await eventually(
            () => ends(seed),
            (found) => found !== undefined,
            15,
          );
          if ((execution?.execution.epoch ?? 1) > 1) deaths++;
          const events = () => [...(delivered.get(String(seed))?.values() ?? [])];
          await eventually(events, (names) => names.length === expected.events.length);
          const { data, errors } = execution?.context ?? { data: { output: undefined }, errors: [] };
          const end = seen(data.output, execution?.state ?? "gone", errors, worlds.get(String(seed)) ?? [], events());
          expect({ seed, ...end }).toStrictEqual({ seed, ...expected });
        }),
      );
    }
    expect(deaths).toBeGreaterThan(runs / 10);
  },
  60_000 + runs * 200,
);
