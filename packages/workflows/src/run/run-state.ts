import type { EventMessage } from "@velella/kernel";
import { runErrors } from "../errors/workflow-errors";
import { workIn } from "../plan/plan-walk";
import { masked } from "../plan/secret-parts";
import { secretPaths } from "../plan/secret-paths";
import type { TransactionState } from "../rows/execution-row";
import { copyError } from "./error-copy";
import type { ErrorCopy } from "./error-copy";
import { Failed } from "./failures";
import type { Journal, StepRecord } from "./journal";
import type { NestedTime } from "./nested-time";
import type { RunView, StepFailure, TransactionContext } from "./outcome";
import type { RunEvent, RunObserver } from "./run-observer";
import type { Scope } from "./scope";
import type { RunIdentity } from "./step-context";
import { isUndoable } from "./work";
import type { Undoable, Work } from "./work";

/** What one run knows, and its parts share. */
export class RunState implements RunView {
  state: TransactionState = "not_started";
  readonly errors: StepFailure[] = [];
  /** In the order in which the steps were done. */
  readonly undoable: Undoable[] = [];
  /** Keys of the steps that are undone. */
  readonly undone: string[] = [];
  /** Held until the run succeeds. */
  readonly events: EventMessage[] = [];
  /** How many parallel groups it is inside of. */
  branching = 0;
  private isStopped = false;
  /** Those whose end has been told of. */
  private overdue: readonly NestedTime[] = [];
  /** What is told of once it has come to stay. */
  private held: RunEvent[] | undefined;

  constructor(
    readonly root: Scope,
    readonly identity: RunIdentity,
    readonly journal: Journal,
    private readonly observe: RunObserver | undefined,
  ) {}

  get hadEvents(): boolean {
    return this.events.length > 0;
  }

  /** Whether nothing new is to be done in a scope. */
  stops({ time }: Scope): boolean {
    return this.journal.stop !== undefined || time?.over !== undefined;
  }

  /** Called before anything new is done. */
  checkStop(scope: Scope): void {
    const { stop, turned } = this.journal;
    if (turned) throw new Failed();
    if (!stop) return this.checkTime(scope);
    // Several branches may come here.
    if (this.isStopped) throw new Failed();
    this.isStopped = true;
    const { id, options } = this.root.plan;
    const error =
      stop === "cancelled"
        ? runErrors.cancelled(id, this.identity.transactionId)
        : runErrors.timedOut(`Workflow ${id}`, options.timeout ?? 0);
    this.stopFor(id, error, stop === "timed out");
  }

  private checkTime({ time }: Scope): void {
    const over = time?.over;
    if (!over) return;
    if (this.overdue.includes(over)) throw new Failed();
    this.overdue = [...this.overdue, over];
    const { id, options } = over.plan;
    this.stopFor(id, runErrors.timedOut(`Workflow ${id}`, options.timeout ?? 0), true);
  }

  private stopFor(id: string, error: Error, isOverdue: boolean): never {
    if (isOverdue) this.tell({ eventType: "onTimeout" });
    this.errors.push({ action: id, handlerType: "invoke", error: copyError(error), ...this.place(id) });
    throw new Failed(id);
  }

  /** Keeps what a step left: its events, and what is needed to undo it. */
  keep(work: Work, record: StepRecord): void {
    if (record.events) this.events.push(...record.events);
    if (record.status === "done" && isUndoable(work)) this.undoable.push({ work, data: record.compensateInput });
  }

  /** Whether a step is skipped, after a failure that says so; not where it was done before. */
  skips(key: string, scope: Scope, wasDone: boolean): boolean {
    if (scope.skipping === key) scope.skipping = false;
    if (scope.skipping === false || wasDone) return false;
    this.tell({ eventType: "onStepSkipped", step: scope.prefix + key, action: key });
    return true;
  }

  /** Where a failure belongs to. */
  place(workflowId = this.root.plan.id): Pick<StepFailure, "workflowId" | "transactionId"> {
    return { workflowId, transactionId: this.identity.transactionId };
  }

  /** The failure of a step, with all that is known of it. */
  failureOf({ name, key, scope }: Work, handlerType: StepFailure["handlerType"], error: ErrorCopy, attempt: number): StepFailure {
    return { action: name, handlerType, error, ...this.place(scope.plan.id), step: key, attempt };
  }

  tell(event: RunEvent): void {
    if (this.held) this.held.push(event);
    else this.observe?.(event, this);
  }

  /** Tells of what was held back since {@link mark}. */
  tellHeld(): void {
    const { held = [] } = this;
    this.held = undefined;
    for (const event of held) this.tell(event);
  }

  /**
   * Remembers how the run stands, and holds back what there is to tell from now on. What is returned takes back what came
   * later, as often as it is called.
   */
  mark(): () => void {
    const { state, isStopped, overdue } = this;
    const lists = [this.errors, this.undoable, this.events];
    const lengths = lists.map(({ length }) => length);
    this.held = [];
    return () => {
      this.state = state;
      this.isStopped = isStopped;
      this.overdue = overdue;
      this.held = [];
      lists.forEach((list, i) => (list.length = lengths[i] as number));
    };
  }

  tellSuccess({ key, name }: Work, record: StepRecord): void {
    if (!this.observe) return;
    const response = masked(record.output, secretPaths(this.root.plan)?.values.get(key));
    this.tell({ eventType: record.status === "skipped" ? "onStepSkipped" : "onStepSuccess", step: key, action: name, response });
  }

  context(): TransactionContext {
    const { plan, slots } = this.root;
    const secrets = secretPaths(plan);
    const returned = [...workIn(plan.nodes)].filter(({ slot: { index } }) => slots[index] !== undefined);
    return {
      payload: masked(slots[0], secrets?.input),
      invoke: Object.fromEntries(
        returned.map(({ key, slot: { index } }) => [key, { output: masked(slots[index], secrets?.values.get(key)) }]),
      ),
      compensate: Object.fromEntries(this.undone.map((key) => [key, { output: undefined }])),
    };
  }
}
