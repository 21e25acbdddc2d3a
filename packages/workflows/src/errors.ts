import { defineErrors } from "@velella/kernel";

const place = (file: string) => (file ? ` (${file})` : "");

/** Mistakes in the composition of a workflow: seen when the file that defines it is loaded. */
export const composeErrors = defineErrors("workflow", {
  stepDefinedTwice: {
    type: "invalid_argument",
    message: (step: string) => `Step ${step} is already defined in workflow.`,
    hint: (step) => `Give the second use a name of its own: step(input).config({ name: "${step}-again" }).`,
  },
  workflowDefinedTwice: {
    type: "invalid_argument",
    message: (id: string, _first: string, _second: string) => `Workflow with id "${id}" and step definition already exists.`,
    hint: (_id, first, second) => `It is defined${place(first)} and again, with other steps,${place(second)}. Give one of them another id.`,
  },
  asyncComposer: {
    type: "invalid_argument",
    message: (id: string) =>
      `The composer of workflow "${id}" is async. It runs once, when the file is loaded, and has nothing to wait for.`,
    hint: () => `Remove "async" and "await"; what has to wait belongs into a step.`,
  },
  coercion: {
    type: "invalid_argument",
    message: (workflow: string, reference: string, use: string) =>
      `"${reference}" of workflow "${workflow}" is ${use} while the workflow is composed, but its value is known only when the workflow runs.`,
    hint: () => `Compute with it inside transform({ value }, ({ value }) => …), or decide with when(…).`,
  },
  outsideComposer: {
    type: "invalid_argument",
    message: (what: string) => `${what} is used outside of the composer of a workflow.`,
    hint: () => `Call it inside createWorkflow("id", (input) => { … }).`,
  },
  foreignReference: {
    type: "invalid_argument",
    message: (reference: string, owner: string, user: string) =>
      `"${reference}" belongs to workflow "${owner}" and is used in workflow "${user}", where it never gets a value.`,
    hint: () => `Pass the value as input of the workflow.`,
  },
  parallelDependency: {
    type: "invalid_argument",
    message: (workflow: string, step: string, other: string) =>
      `In workflow "${workflow}", "${step}" uses the result of "${other}" and is given to the same parallelize().`,
    hint: () => `Call the one that depends on the other after parallelize().`,
  },
  pureWithCompensation: {
    type: "invalid_argument",
    message: (step: string) => `Step "${step}" is declared pure, and has a compensation.`,
    hint: () => `What has no effect has nothing to undo: remove either "pure: true" or the compensation.`,
  },
  noComposer: {
    type: "invalid_argument",
    message: (id: string, got: string) => `createWorkflow("${id}") needs a composer function, and got ${got}.`,
  },
  noName: {
    type: "invalid_argument",
    message: (what: string, got: string) => `${what} needs a name, a string that is not empty, and got ${got}.`,
  },
  noFunction: {
    type: "invalid_argument",
    message: (what: string, name: string, got: string) => `${what} "${name}" needs a function, and got ${got}.`,
  },
});

/** What can go wrong when a workflow is started, answered or looked up. */
export const runErrors = defineErrors("workflow", {
  unknownWorkflow: {
    type: "not_found",
    message: (id: string) => `Workflow with id "${id}" not found.`,
    hint: () => `Workflows are found by the id given to createWorkflow, once their file is loaded.`,
  },
  needsEngine: {
    type: "unexpected_state",
    message: (id: string, why: string) => `Workflow "${id}" ${why}, and there is no workflow engine to do so.`,
    hint: () => `Create one with createWorkflowEngine, and register it in the container as "workflows".`,
  },
  needsJournal: {
    type: "invalid_argument",
    message: (id: string) => `Workflow "${id}" is declared "durable: false", and has steps that wait, or runs that are to be kept.`,
    hint: () => `Remove "durable: false", or the options async, retryInterval, store, retentionTime and idempotent.`,
  },
  hookResult: {
    type: "invalid_data",
    message: (workflow: string, hook: string, issue: string) =>
      `The result of hook "${hook}" of workflow "${workflow}" is not valid: ${issue}`,
  },
  timedOut: {
    type: "unexpected_state",
    message: (what: string, seconds: number) => `${what} took longer than its timeout of ${seconds} s.`,
  },
  cancelled: {
    type: "not_allowed",
    message: (id: string, transactionId: string) => `Workflow "${id}", transaction "${transactionId}", was cancelled.`,
  },
});
