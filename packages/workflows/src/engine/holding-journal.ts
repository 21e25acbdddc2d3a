import type { EventMessage, SharedContext } from "@velella/kernel";
import type { RunEnd, Together } from "../run/journal";
import type { RunOutcome } from "../run/outcome";
import { PgJournal, releasedBy } from "./pg-journal";
import type { JournalClaim, JournalServices } from "./pg-journal";

/**
 * The journal of a run whose events are held by the step that started it. Once the run has gone to the background that step does
 * not wait for it, and may be over before it: from then on the run releases its events itself, as it does after a rest.
 */
export class HoldingJournal extends PgJournal {
  private isHeld = true;

  constructor(
    private readonly hold: (events: EventMessage[]) => void,
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
    if (!this.isHeld) return super.finish(outcome, events);
    await super.finish(outcome, []);
    this.holdThose({ outcome, events });
  }

  override async performTogether(run: (shared: SharedContext) => Promise<Together>): Promise<void> {
    if (!this.isHeld) return super.performTogether(run);
    let end: RunEnd | undefined;
    await super.performTogether(async (shared) => {
      const together = await run(shared);
      end = together.end;
      return { ...together, ...(end && { end: { ...end, events: [] } }) };
    });
    if (end) this.holdThose(end);
  }

  private holdThose(end: RunEnd): void {
    const events = releasedBy(end);
    if (events.length) this.hold([...events]);
  }
}
