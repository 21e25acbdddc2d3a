import { WorkflowTransaction } from "../../run/outcome";
import type { TransactionState } from "../../rows/execution-row";
import type { StepFailure } from "../../run/outcome";
import type { WorkflowNotification } from "../../run/run-events";

/** A notification as it is sent: with what it takes to make its `transaction`. */
interface NoticeBody extends Omit<WorkflowNotification, "transaction"> {
  state: TransactionState;
  failures: StepFailure[];
}

/** Characters of JSON from which on a notification is sent without what was returned. */
const maxLength = 65_536;
/** Characters that are left of each message of an error when even that is too long. */
const maxMessage = 1000;

/** A notification as text. What it holds hides its secret parts already. */
export function bodyOf({ transaction, ...told }: WorkflowNotification): string {
  const body: NoticeBody = { ...told, state: transaction.getState(), failures: transaction.getErrors() };
  const whole = JSON.stringify(body);
  if (whole.length <= maxLength) return whole;
  const { response: _response, result: _result, ...rest } = body;
  const abridged = JSON.stringify({ ...rest, isAbridged: true });
  if (abridged.length <= maxLength) return abridged;
  const { errors, failures } = rest;
  return JSON.stringify({ ...rest, ...(errors && { errors: errors.map(briefly) }), failures: failures.map(briefly), isAbridged: true });
}

function briefly<Failure extends { error: unknown }>(failure: Failure): Failure {
  const { name = "Error", message = "" } = failure.error as Partial<Error>;
  return { ...failure, error: { name, message: message.slice(0, maxMessage) } };
}

/** The notification that a body was made of. */
export function notificationOf(body: string): WorkflowNotification {
  const { state, failures: errors, ...told } = JSON.parse(body) as NoticeBody;
  const { workflowId, transactionId, runId, step, response } = told;
  const invoke = step && response !== undefined && !step.id.includes("/") ? { [step.id]: { output: response } } : {};
  const context = () => ({ payload: undefined, invoke, compensate: {} });
  return { ...told, transaction: new WorkflowTransaction({ workflowId, transactionId, runId }, { state, errors, context }) };
}
