import type { EventMessage, SharedContext } from "@velella/kernel";
import type { EventHold, HeldPlace } from "../run/event-hold";
import type { RunEnd, Together } from "../run/journal";
import type { RunOutcome } from "../run/outcome";
import { PgJournal, releasedBy } from "./pg-journal";
import type { JournalClaim, JournalServices } from "./pg-journal";

/**
 * The journal of a run whose events are held by the step that started it. Once that step is over without having waited for it, or
 * the run has gone to the background, the run releases its events itself, as it does after a rest.
 */
export class HoldingJournal extends PgJournal {
  private isHeld = true;

  constructor(
    private readonly hold: EventHold,
    services: JournalServices,
    claim: JournalClaim,
    goToBackground: () => void,
  ) {
    super(services, claim, () => {
      this.isHeld = false;
      goToBackground();
    });
  }

  override async finish(outcome: RunOutcome, events: EventMessage[]): Promise<void> {
    const place = this.reserve();
    if (!place) return super.finish(outcome, events);
    try {
      await super.finish(outcome, []);
      place.fill(releasedBy({ outcome, events }));
    } finally {
      place.leave();
    }
  }

  override async performTogether(run: (shared: SharedContext) => Promise<Together>): Promise<void> {
    let place: HeldPlace | undefined;
    let held: RunEnd | undefined;
    try {
      await super.performTogether(async (shared) => {
        const together = await run(shared);
        held = undefined;
        if (!together.end || !(place ??= this.reserve())) return together;
        held = together.end;
        return { ...together, end: { ...held, events: [] } };
      });
      if (held) place?.fill(releasedBy(held));
    } finally {
      place?.leave();
    }
  }

  private reserve(): HeldPlace | undefined {
    return this.isHeld ? this.hold.reserve() : undefined;
  }
}
