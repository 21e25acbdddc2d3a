import type { EventMessage, SharedContext } from "@velella/kernel";
import { DirectJournal } from "./direct-journal";
import type { DirectServices } from "./direct-journal";
import { Interruption } from "./journal";
import type { Together } from "./journal";

/** What an atomic run needs of the world around it. */
export interface AtomicServices extends DirectServices {
  /** Runs everything that the run does in one transaction; `emit` has events released with it. */
  transactAll(run: (shared: SharedContext, emit: (events: EventMessage[]) => Promise<void>) => Promise<void>): Promise<void>;
  /** Whether an error leaves it open if a transaction was committed. */
  isInDoubt(error: unknown): boolean;
}

/**
 * Remembers nothing either: what the run does, and the events that follow from it, are one transaction, so that it happens as a
 * whole or not at all. Where that cannot be, an {@link Interruption} says so before anything has happened.
 */
export class AtomicJournal extends DirectJournal {
  constructor(private readonly atomic: AtomicServices) {
    // Its steps may be done once more, with the values that they had.
    super(atomic, false);
  }

  async performTogether(run: (shared: SharedContext) => Promise<Together>): Promise<void> {
    try {
      await this.atomic.transactAll(async (shared, emit) => {
        const { end } = await run(shared);
        if (end?.events.length) await emit(end.events);
      });
    } catch (error) {
      throw new Interruption(this.atomic.isInDoubt(error) ? "lost" : "apart", error);
    }
  }

  override perform(): never {
    throw new Interruption("apart");
  }
}
