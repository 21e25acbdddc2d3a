import type { Container, EventMessage, Logger, SharedContext, SqlConnection, SqlTransaction } from "@velella/kernel";
import { isCommitUnknown } from "../connection/errors";
import { transactPatiently } from "../connection/transact-patiently";
import type { WorkflowPlan } from "../plan/plan";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { AtomicJournal } from "../run/atomic-journal";
import type { AtomicServices } from "../run/atomic-journal";
import { copyError } from "../run/error-copy";
import { Interruption } from "../run/journal";
import { outerHold } from "../run/event-hold";
import type { HeldPlace } from "../run/event-hold";
import type { RunOutcome } from "../run/outcome";
import type { RunEventHandlers } from "../run/run-events";
import type { RunObserver } from "../run/run-observer";
import type { RunIdentity } from "../run/step-context";
import { runDirectly, runOn } from "../run/workflow-runner";
import type { RunOptions, RunResult } from "../run/workflow-runner";
import type { EngineEvents } from "../tasks/outbox";
import type { EmittingPlans } from "./emitting-plans";

/** What {@link DirectRuns} work with. */
export interface DirectRunsOptions {
  connection: SqlConnection;
  /** Makes the `context` of a transactional step from its transaction. */
  contextFor(transaction: SqlTransaction): SharedContext;
  registry: WorkflowRegistry;
  logger: Logger;
  events: EngineEvents;
  emittingPlans: EmittingPlans;
  /** Tells subscribers what happens in a run. */
  observerOf(run: { plan: WorkflowPlan; identity: RunIdentity }, handlers?: RunEventHandlers): RunObserver | undefined;
}

/** How often in a row runs of a plan may work by records alone before it is no longer tried without. */
const enoughMisses = 3;

/** Runs that need no records. */
export class DirectRuns {
  /** Runs in a row that could not be made as a whole, and then succeeded by records. */
  private readonly misses = new WeakMap<WorkflowPlan, number>();

  constructor(private readonly options: DirectRunsOptions) {}

  /** As plain function calls; what is transactional has a transaction. */
  run(plan: WorkflowPlan, options: RunOptions, container: Container): Promise<RunResult> {
    const { registry, observerOf } = this.options;
    return runDirectly(plan, registry, options, container, this.servicesFor(plan, options), (identity) =>
      observerOf({ plan, identity }, options.events),
    );
  }

  /** Whether runs of a plan are worth trying in one transaction: not where its steps turn out to write elsewhere, for instance. */
  maySucceedAtomically(plan: WorkflowPlan): boolean {
    return (this.misses.get(plan) ?? 0) < enoughMisses;
  }

  /** A run that could not be made as a whole has succeeded by records. */
  missed(plan: WorkflowPlan): void {
    this.misses.set(plan, (this.misses.get(plan) ?? 0) + 1);
  }

  /** In one transaction. Undefined: the run cannot be made as a whole, and nothing has happened. */
  async runAtomically(plan: WorkflowPlan, identity: RunIdentity, options: RunOptions): Promise<RunOutcome | undefined> {
    const journal = new AtomicJournal(this.servicesFor(plan, options));
    try {
      const outcome = await runOn(journal, plan, identity, this.options.registry, options);
      this.misses.delete(plan);
      return outcome;
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
      if (error.kind === "apart") return undefined;
      const { workflowId, transactionId } = identity;
      const failure = { action: plan.id, handlerType: "invoke", error: copyError(error.cause), workflowId, transactionId } as const;
      return { state: "failed", result: undefined, errors: [failure] };
    }
  }

  private servicesFor(plan: WorkflowPlan, { context }: RunOptions): AtomicServices {
    const { connection, contextFor, logger, events, emittingPlans } = this.options;
    const hold = outerHold(context?.eventGroupId);
    return {
      release: async (messages) => {
        emittingPlans.learn(plan, true);
        if (!hold?.holdEvents(messages)) await events.emit(messages);
      },
      warn: (message) => logger.warn(message),
      transaction: (run) => transactPatiently(connection, (transaction) => run(contextFor(transaction))),
      transactAll: async (run) => {
        let place: HeldPlace | undefined;
        const emit = async (messages: EventMessage[], executor: SqlTransaction) => {
          emittingPlans.learn(plan, true);
          place ??= hold?.reserve();
          if (place) executor.afterCommit(() => place?.fill(messages));
          else await events.emit(messages, { executor });
        };
        try {
          await transactPatiently(connection, (transaction) => run(contextFor(transaction), (messages) => emit(messages, transaction)), {
            allOrNothing: true,
          });
        } finally {
          place?.leave();
        }
      },
      isInDoubt: isCommitUnknown,
    };
  }
}
