import type { EventMessage } from "@velella/kernel";

/** A way to run workflows, as the behaviour suite needs it. */
export interface TestRunner {
  /** What a run's container has registered. */
  services(): Record<string, unknown>;
  /** The events that were delivered, from now on. */
  events(): EventMessage[];
  /** Resolves once events that were emitted have been delivered. */
  settled(): Promise<void>;
}

/** Every way to run a workflow; called once per suite, and may use the hooks of the test runner. */
export const runners: [name: string, start: () => TestRunner][] = [["direct", startDirect]];

function startDirect(): TestRunner {
  const delivered: EventMessage[] = [];
  const bus = { emit: async (messages: EventMessage[]) => void delivered.push(...messages) };
  return {
    services: () => ({ event_bus: bus }),
    events: () => {
      delivered.length = 0;
      return delivered;
    },
    settled: async () => undefined,
  };
}
