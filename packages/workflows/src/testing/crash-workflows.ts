import { randomUUID } from "node:crypto";
import type { SqlConnection } from "@velella/kernel";
import { createHook, createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";

/**
 * What the workflows of the crash tests change: things that are there or not, however often they are put there, and
 * counters, which show how often something was done.
 */
export class World {
  constructor(readonly connection: SqlConnection) {}

  async create(): Promise<void> {
    await this.connection.query(
      `create table world (run text, thing text, value text, primary key (run, thing));
       create table counter (run text, thing text, n int not null, primary key (run, thing))`,
    );
  }

  async put(run: string, thing: string, value: string): Promise<void> {
    await this.connection.query(`insert into world values ($1, $2, $3) on conflict (run, thing) do update set value = excluded.value`, [
      run,
      thing,
      value,
    ]);
  }

  async remove(run: string, thing: string): Promise<void> {
    await this.connection.query(`delete from world where run = $1 and thing = $2`, [run, thing]);
  }

  /** Everything that is there, `thing=value`, and every counter, `thing#n`. */
  async look(run: string): Promise<string[]> {
    const { rows } = await this.connection.query<{ line: string }>(
      `select thing || '=' || value as line from world where run = $1 union all select thing || '#' || n from counter where run = $1 order by 1`,
      [run],
    );
    return rows.map(({ line }) => line);
  }
}

export const countStatement = `insert into counter as c values ($1, $2, $3) on conflict (run, thing) do update set n = c.n + excluded.n`;

const put = createStep(
  "put",
  async ({ thing, value }: { thing: string; value: string }, { container, transactionId }) => {
    await container.resolve<World>("world").put(transactionId, thing, value);
    return new StepResponse(value, thing);
  },
  async (thing, { container, transactionId }) => {
    if (thing) await container.resolve<World>("world").remove(transactionId, thing);
  },
);

const counting = (name: string, transactional: true | "shared") =>
  createStep(
    { name, transactional },
    async (thing: string, { context, transactionId }) => {
      await context.transactionManager?.execute(countStatement, [transactionId, thing, 1]);
      return new StepResponse(thing, thing);
    },
    async (thing, { context, transactionId }) => {
      if (thing) await context.transactionManager?.execute(countStatement, [transactionId, thing, -1]);
    },
  );
const count = counting("count", true);
const countTogether = counting("count-together", "shared");

const read = createStep({ name: "read", pure: true }, async (value: string) => value.length);
const tell = createStep({ name: "tell", pure: true, emits: true }, async (value: string, { emit, transactionId }) =>
  emit({ name: "crash.done", data: { value, run: transactionId } }),
);
const fail = createStep("fail", async (): Promise<void> => {
  throw new Error("as asked");
});

const inner = createWorkflow("crash-inner", (input: { value: string }) => {
  const length = read(input.value);
  put({ thing: "inner", value: transform({ length }, ({ length: n }) => `${n}`) });
  count("inner").config({ name: "count-inner" });
  return new WorkflowResponse(length);
});

/** One of everything; undone when asked to fail. */
export const crashWorkflow = createWorkflow("crash", (input: { fail: boolean }) => {
  // Decided once: the two that use it must agree, whoever runs them.
  const token = transform({}, () => randomUUID());
  put({ thing: "first", value: token });
  count("counted");
  parallelize(
    put({ thing: "left", value: "l" }).config({ name: "put-left" }),
    put({ thing: "right", value: "r" }).config({ name: "put-right" }),
    count("side").config({ name: "count-side" }),
  );
  const together = countTogether("together");
  countTogether(transform({ together }, ({ together: thing }) => `${thing}-too`)).config({ name: "count-too" });
  const length = inner.runAsStep({ input: { value: "four" } });
  when("odd", {}, () => Math.random() < 0.5).then(() => put({ thing: "odd", value: "yes" }).config({ name: "put-odd" }));
  const done = createHook("done", { length });
  tell(token);
  put({ thing: "last", value: token }).config({ name: "put-last" });
  when("fail", { input }, ({ input: { fail: failing } }) => failing).then(() => fail());
  return new WorkflowResponse({ token, length }, { hooks: [done] });
});

crashWorkflow.hooks.done(
  async ({ length }, { container, transactionId }) => {
    await container.resolve<World>("world").put(transactionId, "hook", `${length}`);
    return new StepResponse(length, "hook");
  },
  async (thing, { container, transactionId }) => {
    if (thing) await container.resolve<World>("world").remove(transactionId, thing);
  },
);
