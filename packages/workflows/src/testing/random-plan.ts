import type { Container } from "@velella/kernel";
import { createStep, createWorkflow, parallelize, StepResponse, transform, when, WorkflowResponse } from "../index";

/** Numbers from a seed, the same every time: mulberry32. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What the steps of random plans change, by transaction id: names of things that are there. */
export type PlanWorlds = Map<string, Set<string>>;

/** What their container has: the worlds, and whether the process in which they believe to run is alive. */
export interface PlanServices {
  worlds: PlanWorlds;
  /** Resolves at once, or never when the process is dead. */
  alive: () => Promise<void>;
}

async function thingsOf(container: Container, transactionId: string): Promise<Set<string>> {
  await container.resolve<PlanServices["alive"]>("alive")();
  const worlds = container.resolve<PlanWorlds>("worlds");
  const things = worlds.get(transactionId) ?? new Set();
  worlds.set(transactionId, things);
  return things;
}

/**
 * A workflow of random steps, plain, transactional, pure and emitting, some of which fail, for a while or for good; in
 * conditions, parallel groups and nested workflows.
 */
export function randomWorkflow(seed: number) {
  const random = randomOf(seed);
  const chance = (p: number) => random() < p;
  /** Most of its steps can share a transaction, so that long parts of it are one, or its end is. */
  const isSharing = chance(0.35);
  let steps = 0;
  let nested = 0;

  const step = (value: unknown): unknown => {
    const name = `s${++steps}`;
    const kind = random();
    const failing = chance(0.12) ? (chance(0.5) ? 1 : 99) : 0;
    const options = {
      maxRetries: failing === 1 ? 1 : chance(0.2) ? 1 : 0,
      pure: kind < (isSharing ? 0.1 : 0.2),
      transactional: kind > (isSharing ? 0.2 : 0.85) ? ("shared" as const) : kind > 0.7,
      emits: kind < 0.1,
      continueOnPermanentFailure: failing === 99 && chance(0.4),
      skipOnPermanentFailure: failing === 99 && chance(0.25),
    };
    const undone = chance(0.85);
    const define = createStep(
      { name, ...options },
      async (input: unknown, { container, context, attempt, emit, transactionId }) => {
        const things = await thingsOf(container, transactionId);
        if (options.transactional) await context.transactionManager?.execute("select 1");
        if (!options.pure) things.add(name);
        if (options.emits) emit({ name: "random", data: { transactionId, name } });
        if (attempt <= failing) throw new Error(`${name} fails`);
        return new StepResponse({ name, input }, name);
      },
      options.pure || !undone
        ? undefined
        : async (_data, { container, context, transactionId }) => {
            const things = await thingsOf(container, transactionId);
            if (options.transactional) await context.transactionManager?.execute("select 1");
            things.delete(name);
          },
    );
    return define(value);
  };

  const nodes = (input: unknown, depth: number): unknown => {
    let value = input;
    for (let left = 1 + Math.floor(random() * 3); left > 0; left--) {
      const choice = random();
      const from = value;
      if (depth > 2 || choice < 0.5) value = step(chance(0.5) ? transform({ from }, (values) => ({ via: values.from })) : from);
      else if (choice < 0.68) value = parallelize(step(from), beside(from, depth + 1));
      else if (choice < 0.85) value = branch(from, depth + 1) ?? from;
      else value = nest(from, depth + 1);
    }
    return value;
  };
  const branch = (from: unknown, depth: number): unknown => {
    const holds = chance(0.7);
    return when({ from }, () => holds).then(() => nodes(from, depth));
  };
  const beside = (from: unknown, depth: number): unknown => {
    const choice = random();
    if (choice < 0.35) return step(from);
    return choice < 0.7 ? nest(from, depth) : branch(from, depth);
  };
  const nest = (input: unknown, depth: number): unknown =>
    createWorkflow(`random-${seed}-inner-${++nested}`, (inner: unknown) => new WorkflowResponse(nodes(inner, depth))).runAsStep({ input });

  return createWorkflow({ name: `random-${seed}`, retentionTime: 60 }, (input: unknown) => {
    step("first");
    return new WorkflowResponse({ value: nodes(input, 0) });
  });
}
