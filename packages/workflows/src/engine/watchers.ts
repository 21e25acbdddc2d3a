import type { Logger } from "@velella/kernel";
import { observerOf } from "../run/run-events";
import type { ObservedRun, RunEventHandlers } from "../run/run-events";
import type { RunObserver } from "../run/run-observer";
import type { RunIdentity } from "../run/step-context";
import type { Relay } from "./relay/relay";
import type { Subscriptions } from "./subscriptions";

/** Who is told of what happens in a run: its caller by `events`, and who has subscribed, here or in other instances. */
export class Watchers {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly relay: Relay,
    private readonly logger: Logger,
  ) {}

  /** Whether somebody in this process watches a run. */
  isWatched({ workflowId, transactionId }: RunIdentity, handlers: RunEventHandlers | undefined): boolean {
    return handlers !== undefined || this.subscriptions.listeners(workflowId, transactionId).length > 0;
  }

  /** What a run that is made of plain calls tells: only those who watch it as it begins. */
  ofDirectRun(run: ObservedRun & { identity: RunIdentity }, handlers: RunEventHandlers | undefined): RunObserver | undefined {
    return this.isWatched(run.identity, handlers) ? this.observerOf(run, handlers) : undefined;
  }

  /** What a journalled run tells: also those who come later. */
  ofJournalledRun(run: ObservedRun, handlers: RunEventHandlers | undefined): RunObserver | undefined {
    this.relay.followed.watch();
    return this.observerOf(run, handlers);
  }

  private observerOf(run: ObservedRun, handlers: RunEventHandlers | undefined): RunObserver | undefined {
    const log = (message: string, error: unknown) => this.logger.error(message, error);
    return observerOf(run, handlers, log, () =>
      this.relay.listeners({ workflowId: run.plan.id, transactionId: run.identity.transactionId }),
    );
  }
}
