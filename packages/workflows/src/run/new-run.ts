import { createContainer } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { runErrors } from "../errors/workflow-errors";
import type { WorkflowPlan } from "../plan/plan";
import { copyContext } from "./run-context";
import { newRunId } from "./run-id";
import type { RunIdentity } from "./step-context";
import type { RunOptions } from "./workflow-runner";

/** Who a new run is. @throws `workflow.bad_transaction_id`, `workflow.not_json` for its context */
export function identityOf(plan: WorkflowPlan, options: RunOptions, container: Container | undefined): RunIdentity {
  const { transactionId: contextId, eventGroupId, ...given } = options.context ?? {};
  const context = copyContext(given, plan.id);
  const name = options.transactionId ?? contextId;
  const transactionId = name === undefined || name === null ? newRunId() : String(name);
  if (name && transactionId.includes("\0")) throw runErrors.badTransactionId(plan.id, transactionId);
  return new NewRun(plan.id, transactionId, context, container, typeof eventGroupId === "string" ? eventGroupId : undefined);
}

/** What a small run may have no need of is made when it is asked for: that takes a part of its time that counts. */
class NewRun implements RunIdentity {
  readonly isBare: boolean;
  private id: string | undefined;

  constructor(
    readonly workflowId: string,
    readonly transactionId: string,
    readonly context: Record<string, unknown>,
    private given: Container | undefined,
    private readonly group: string | undefined,
  ) {
    this.isBare = given === undefined;
  }

  get runId(): string {
    return (this.id ??= newRunId());
  }

  /** One group of events per run, unless the caller wants them to wait for something larger. */
  get eventGroupId(): string {
    return this.group ?? this.runId;
  }

  get container(): Container {
    return (this.given ??= createContainer());
  }

  /** Of an answer from outside, which may name the container in which the run goes on. */
  set container(chosen: Container) {
    this.given = chosen;
  }
}
