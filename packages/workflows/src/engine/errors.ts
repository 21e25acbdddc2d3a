import { defineErrors } from "@velella/kernel";

/** What can go wrong between the engine and those who use it. */
export const engineErrors = defineErrors("engine", {
  noTransaction: {
    type: "not_found",
    message: (workflow: string, transactionId: string) =>
      `Workflow "${workflow}" has no run with transaction id "${transactionId}" that could be cancelled.`,
    hint: () => `Runs can be cancelled while they live, and later when the workflow has "store" or "retentionTime".`,
  },
  notStuck: {
    type: "not_found",
    message: (workflow: string, transactionId: string) =>
      `Workflow "${workflow}" has no parked or failed run with transaction id "${transactionId}".`,
  },
  notWaiting: {
    type: "not_allowed",
    message: (step: string, workflow: string, transactionId: string) =>
      `Step "${step}" of workflow "${workflow}", transaction "${transactionId}", does not wait for an answer.`,
    hint: () => `It has been answered, has timed out, or was not reached yet; or the run has ended.`,
  },
  badKey: {
    type: "invalid_argument",
    message: (key: string) => `"${key}" is no idempotency key of a step; expected workflow:transaction:step:action.`,
    hint: () => `Pass { workflowId, transactionId, stepId, action }, or the idempotencyKey from the step's context.`,
  },
  noExecution: {
    type: "not_found",
    message: (id: string) => `WorkflowExecution with id: ${id} was not found`,
  },
  badFilter: {
    type: "invalid_argument",
    message: (key: string, known: string) => `Executions cannot be filtered or ordered by "${key}"; expected one of ${known}.`,
  },
  duplicateSubscriber: {
    type: "invalid_argument",
    message: (id: string) => `Two subscribers have the id "${id}".`,
    hint: () => `Each keeps deliveries of its own under its id: give one of them another.`,
  },
  duplicateJob: {
    type: "invalid_argument",
    message: (name: string) => `Two jobs have the name "${name}".`,
    hint: () => `Ticks are claimed under the name: give one of them another.`,
  },
  badSchedule: {
    type: "invalid_argument",
    message: (job: string, schedule: string, issue: string) => `The schedule of job "${job}", ${schedule}, cannot be used: ${issue}`,
    hint: () => `Give a cron expression of five fields, or six with seconds, or { interval } in milliseconds.`,
  },
  stopped: {
    type: "unexpected_state",
    message: () => `The workflow engine is stopped.`,
    hint: () => `Runs that were under way are taken up by another instance, or at the next start.`,
  },
});
