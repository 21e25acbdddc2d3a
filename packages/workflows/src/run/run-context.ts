import { copyNamed } from "../plan/not-json";

/** What a context has of the process that it belongs to. No other one can be given it. */
interface Live {
  transactionManager?: unknown;
  manager?: unknown;
  messageAggregator?: unknown;
}

function apart({ transactionManager, manager, messageAggregator, ...plain }: Live & Record<string, unknown>) {
  return { live: { transactionManager, manager, messageAggregator }, plain };
}

/**
 * The context that a run was given, as its steps get it: a JSON copy, beside what belongs to this process.
 *
 * @throws `workflow.not_json`
 */
export function copyContext(given: Record<string, unknown>, workflowId: string): Record<string, unknown> {
  const keys = Object.keys(given);
  if (!keys.length) return given;
  const { live, plain } = apart(given);
  const copied = copyNamed(plain, () => `The context of a run of workflow "${workflowId}"`) as Record<string, unknown>;
  for (const [key, value] of Object.entries(live)) if (value !== undefined) copied[key] = value;
  return copied;
}

/** The part of a run's context that goes on record. */
export const recordedContext = (context: Record<string, unknown>): Record<string, unknown> => apart(context).plain;
