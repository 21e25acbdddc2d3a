import { defineErrors, suggestion } from "@velella/kernel";

const listed = (sources: readonly string[]): string => (sources.length ? `: ${sources.join(" and ")}` : "");

/** What can go wrong between the engine and those who use it. */
export const engineErrors = defineErrors("engine", {
  noTransaction: {
    type: "not_found",
    message: (workflow: string, id: string) =>
      `Workflow "${workflow}" has no run with the id or transaction id "${id}" that could be cancelled.`,
    hint: () => `Runs can be cancelled while they live, and later when the workflow has "store" or "retentionTime".`,
  },
  notStuck: {
    type: "not_found",
    message: (workflow: string, id: string) => `Workflow "${workflow}" has no parked or failed run with the id or transaction id "${id}".`,
  },
  severalStuck: {
    type: "invalid_argument",
    message: (workflow: string, transactionId: string, ids: readonly string[]) =>
      `Workflow "${workflow}" has ${ids.length} parked or failed runs with transaction id "${transactionId}": ${ids.join(", ")}.`,
    hint: (_workflow, _transactionId, ids) => `Choose one by its own id: { executionId: "${ids[0]}" }.`,
  },
  otherRunLives: {
    type: "conflict",
    message: (workflow: string, transactionId: string, wanted: string, live: string) =>
      `Run ${wanted} of workflow "${workflow}" cannot go on: ${live}, with the same transaction id "${transactionId}", has not come to its end.`,
    hint: (_workflow, _transactionId, _wanted, live) =>
      `One of a transaction id lives at a time. Wait for the end of ${live}, or cancel it.`,
  },
  parked: {
    type: "unexpected_state",
    message: (workflow: string, transactionId: string, reason: string) =>
      `The run of workflow "${workflow}" with transaction id "${transactionId}" is parked. ${reason}`,
    hint: () => `It stands where it was. Once the cause is mended, engine.retryExecution (velella workflows retry) sets it going again.`,
  },
  resultNotKept: {
    type: "unexpected_state",
    message: (workflow: string, transactionId: string) =>
      `The run of workflow "${workflow}" with transaction id "${transactionId}" has ended elsewhere, and how is not known here: its record is gone.`,
    hint: () => `Records of runs that others wait for stay for a minute; give the workflow a "retentionTime" to keep them longer.`,
  },
  outputNotKept: {
    type: "not_found",
    message: (step: string, workflow: string, transactionId: string) =>
      `The output of step "${step}" (resultFrom) of workflow "${workflow}", transaction "${transactionId}", is not on record: the run was made elsewhere.`,
    hint: () => `Steps that a condition left out have none, and those that are pure after the last effect leave none behind.`,
  },
  notMigrated: {
    type: "unexpected_state",
    message: (schema: string | undefined) =>
      `The tables of the workflow engine are not there${schema === undefined ? "" : ` in schema ${schema}`}.`,
    hint: () => `Call engine.migrate() first.`,
  },
  outdated: {
    type: "unexpected_state",
    message: (missing: readonly string[]) =>
      `The tables of the workflow engine are those of an earlier release: ${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} missing.`,
    hint: () => `Call engine.migrate() first; in an app, run: velella db:migrate`,
  },
  notWaiting: {
    type: "not_allowed",
    message: (step: string, workflow: string, transactionId: string, _why: string) =>
      `Step "${step}" of workflow "${workflow}", transaction "${transactionId}", does not wait for an answer.`,
    hint: (_step: string, _workflow: string, _transactionId: string, why: string) => why,
  },
  ambiguousStep: {
    type: "invalid_argument",
    message: (step: string, workflow: string, transactionId: string, _keys: readonly string[]) =>
      `More than one step "${step}" of workflow "${workflow}" waits in transaction "${transactionId}", since the workflow is nested more than once.`,
    hint: (_step: string, _workflow: string, _transactionId: string, keys: readonly string[]) =>
      `Name the one that is meant by the idempotencyKey of its context: ${keys.join(", ")}.`,
  },
  compensationNotWaiting: {
    type: "not_allowed",
    message: (step: string, workflow: string, transactionId: string, _why: string) =>
      `The compensation of step "${step}" of workflow "${workflow}", transaction "${transactionId}", does not wait for an answer.`,
    hint: (_step: string, _workflow: string, _transactionId: string, why: string) => why,
  },
  badKey: {
    type: "invalid_argument",
    message: (key: string) => `"${key}" is no idempotency key of a step; expected workflow:transaction:step:action.`,
    hint: () => `Pass { workflowId, transactionId, stepId, action }, or the idempotencyKey from the step's context.`,
  },
  ambiguousKey: {
    type: "invalid_argument",
    message: (addresses: readonly { workflowId: string; transactionId: string; stepId: string }[]) =>
      `The idempotency key can be read in several ways, and for each there is a step that waits: ${addresses
        .map(({ workflowId, transactionId, stepId }) => `"${stepId}" of workflow "${workflowId}", transaction "${transactionId}"`)
        .join("; ")}.`,
    hint: () => `Pass { workflowId, transactionId, stepId, action } instead.`,
  },
  badAnswer: {
    type: "invalid_data",
    message: (step: string, issue: string) => `The answer to step "${step}" (stepResponse) cannot be written as JSON: ${issue}`,
    hint: () => `Answers are stored: give plain data, such as ids.`,
  },
  badAddress: {
    type: "invalid_argument",
    message: (part: string, got: string) => `The step to be answered is not named: ${part} is ${got}.`,
    hint: () => `Pass { idempotencyKey: { workflowId, transactionId, stepId, action } }, or the idempotencyKey from the step's context.`,
  },
  badSubscription: {
    type: "invalid_argument",
    message: (option: string, expected: string, got: string) => `subscribe() has ${option}: ${got}; expected ${expected}.`,
    hint: () => `Write: engine.subscribe({ workflowId: "id", subscriber: (event) => { … } }).`,
  },
  noWorkflow: {
    type: "invalid_argument",
    message: (got: string) => `run() needs a workflow, or the id of one, and got ${got}.`,
    hint: () => `Write: engine.run(workflow, { input }), or engine.run("id", { input }).`,
  },
  notRetrying: {
    type: "not_allowed",
    message: (step: string, workflow: string, transactionId: string, _why: string) =>
      `Step "${step}" of workflow "${workflow}", transaction "${transactionId}", does not wait for another attempt.`,
    hint: (_step: string, _workflow: string, _transactionId: string, why: string) => why,
  },
  noExecution: {
    type: "not_found",
    message: (id: string) => `WorkflowExecution with id: ${id} was not found`,
  },
  noExecutionId: {
    type: "invalid_data",
    message: (got: string) => `An execution is retrieved by its id, or by { workflow_id, transaction_id }; found ${got}.`,
  },
  badFilter: {
    type: "invalid_data",
    message: (key: string, _hint: string) => `Executions cannot be filtered or ordered by "${key}".`,
    hint: (_key: string, hint: string) => hint,
  },
  badFilterValue: {
    type: "invalid_data",
    message: (place: string, expected: string, got: string) => `${place} must be ${expected}; found ${got}.`,
  },
  unknownOperator: {
    type: "invalid_data",
    message: (operator: string, key: string, _hint: string) => `There is no operator "${operator}", in the filter on "${key}".`,
    hint: (_operator: string, _key: string, hint: string) => hint,
  },
  badListConfig: {
    type: "invalid_data",
    message: (issue: string, _hint: string) => `The config of a list of executions ${issue}.`,
    hint: (_issue: string, hint: string) => hint,
  },
  badOption: {
    type: "invalid_argument",
    message: (what: string, option: string, expected: string, got: string) => `${what} has ${option}: ${got}; expected ${expected}.`,
  },
  unknownOption: {
    type: "invalid_argument",
    message: (what: string, option: string, _known: readonly string[]) => `${what} has no option "${option}".`,
    hint: (_what: string, option: string, known: readonly string[]) => suggestion(option, known),
  },
  badReadOption: {
    type: "invalid_data",
    message: (what: string, option: string, expected: string, got: string) => `"${option}" of ${what} must be ${expected}; found ${got}.`,
  },
  unknownReadOption: {
    type: "invalid_data",
    message: (what: string, option: string, _known: readonly string[]) => `${what} has no option "${option}".`,
    hint: (_what: string, option: string, known: readonly string[]) => suggestion(option, known),
  },
  duplicateSubscriber: {
    type: "invalid_argument",
    message: (id: string, sources: readonly string[] = []) => `Two subscribers have the id "${id}"${listed(sources)}.`,
    hint: () => `Each keeps deliveries of its own under its id: give one of them another.`,
  },
  badConcurrency: {
    type: "invalid_argument",
    message: (id: string, got: string, most: number, source?: string) =>
      `The "concurrency" of subscriber "${id}"${source === undefined ? "" : ` (${source})`} must be a whole number from 1 to ${most}; found ${got}.`,
    hint: () => `It is how many events the subscriber is given at once in one process; leave it out for 5.`,
  },
  duplicateJob: {
    type: "invalid_argument",
    message: (name: string, sources: readonly string[] = []) => `Two jobs have the name "${name}"${listed(sources)}.`,
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

/** What can be wrong with how something is read. */
export const readErrors = { badOption: engineErrors.badReadOption, unknownOption: engineErrors.unknownReadOption };
