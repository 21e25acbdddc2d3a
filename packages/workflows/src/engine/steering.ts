import { isTwinError } from "../store/execution-steering";
import type { ExecutionChoice, ExecutionSteering, SteeredExecution } from "../store/execution-steering";
import { engineErrors } from "../errors/engine-errors";

/** What people and other systems do with runs from outside, with the errors that tell why something cannot be done. */
export class Steering {
  constructor(private readonly store: ExecutionSteering) {}

  /** Marks a run to be undone. */
  async cancel(workflowId: string, choice: ExecutionChoice): Promise<SteeredExecution> {
    try {
      const cancelled = await this.store.cancel(workflowId, choice);
      if (!cancelled) throw engineErrors.noTransaction(workflowId, nameOf(choice));
      return cancelled;
    } catch (error) {
      if (!isTwinError(error)) throw error;
      if (choice.executionId) throw await this.otherLives(workflowId, choice.executionId, error);
      // Another one was begun in this moment: then that is the one that lives.
      return this.cancel(workflowId, choice);
    }
  }

  /** Sets a run going again that was parked, or could not be undone. */
  async setGoing(workflowId: string, choice: ExecutionChoice): Promise<void> {
    const [run, ...others] = await this.store.stuck(workflowId, choice);
    if (!run) throw engineErrors.notStuck(workflowId, nameOf(choice));
    if (others.length)
      throw engineErrors.severalStuck(
        workflowId,
        run.transactionId,
        [run, ...others].map(({ id }) => id),
      );
    try {
      if (!(await this.store.setGoing(run.id))) throw engineErrors.notStuck(workflowId, nameOf(choice));
    } catch (error) {
      throw isTwinError(error) ? await this.otherLives(workflowId, run.id, error) : error;
    }
  }

  private async otherLives(workflowId: string, id: string, cause: unknown): Promise<unknown> {
    const twin = await this.store.twinOf(id);
    // It has ended since: then what the database said stands.
    return twin ? engineErrors.otherRunLives(workflowId, twin.transactionId, id, twin.id) : cause;
  }
}

const nameOf = ({ transactionId, executionId }: ExecutionChoice): string => transactionId ?? executionId;
