import { defineErrors, nearestNames, suggestion } from "@velella/kernel";

const place = (file: string) => (file ? ` in ${file}` : "");

/** Mistakes in the composition of a workflow: seen when the file that defines it is loaded. */
export const composeErrors = defineErrors("workflow", {
  stepDefinedTwice: {
    type: "invalid_argument",
    message: (step: string) => `Step ${step} is already defined in workflow.`,
    hint: (step) => `Give the second use a name of its own: step(input).config({ name: "${step}-again" }).`,
  },
  workflowDefinedTwice: {
    type: "invalid_argument",
    message: (id: string, _first: string, _second: string, _difference: string) =>
      `Workflow with id "${id}" and step definition already exists.`,
    hint: (_id, first, second, difference) =>
      `It is defined${place(first)}, and again, with other ${difference},${place(second)}. Give one of them another id.`,
  },
  asyncComposer: {
    type: "invalid_argument",
    message: (id: string) =>
      `The composer of workflow "${id}" is async. It runs once, when the file is loaded, and has nothing to wait for.`,
    hint: () => `Remove "async" and "await"; what has to wait belongs into a step.`,
  },
  asyncCondition: {
    type: "invalid_argument",
    message: (id: string, condition: string) =>
      `The function given to then() of ${condition} in workflow "${id}" is async. It runs once, when the file is loaded, and has nothing to wait for.`,
    hint: () => `Remove "async" and "await"; what has to wait belongs into a step.`,
  },
  conditionWithoutThen: {
    type: "invalid_argument",
    message: (id: string, condition: string) => `${condition} in workflow "${id}" has no then(), so nothing depends on it.`,
    hint: () => `Write: when(values, (values) => …).then(() => { … the steps … }).`,
  },
  unknownSkipTarget: {
    type: "invalid_argument",
    message: (id: string, step: string, target: string, _later: readonly string[]) =>
      `Step "${step}" of workflow "${id}" has skipOnPermanentFailure: "${target}", and no step after it has that name.`,
    hint: (_id: string, _step: string, target: string, later: readonly string[]) =>
      later.length ? suggestion(target, later) : `It is the last step; skipOnPermanentFailure: true skips whatever follows.`,
  },
  parallelList: {
    type: "invalid_argument",
    message: (id: string) => `parallelize() in workflow "${id}" was given a list, whose steps would run one after the other.`,
    hint: () => `Give it the steps themselves: parallelize(a(), b()), or parallelize(...list).`,
  },
  notParallel: {
    type: "invalid_argument",
    message: (id: string, position: number, got: string) =>
      `Argument ${position} of parallelize() in workflow "${id}" is ${got}; expected the result of a step, a nested workflow or a when() that yields a value.`,
    hint: () => `Give parallelize() what steps return at the place where they are called: parallelize(a(input), b(input)).`,
  },
  referenceInside: {
    type: "invalid_argument",
    message: (workflow: string, reference: string, container: string) =>
      `"${reference}" of workflow "${workflow}" stands inside of a ${container}, where it would not be replaced by its value.`,
    hint: (_workflow, _reference, container) => `Use plain objects and arrays, or make the ${container} in transform() or in the step.`,
  },
  afterComposition: {
    type: "invalid_argument",
    message: (what: string, workflow: string) => `${what} of workflow "${workflow}" is configured after the workflow was composed.`,
    hint: () => `Call .config(…) inside of the composer, where the step is called.`,
  },
  runWhileComposing: {
    type: "invalid_argument",
    message: (id: string, composed: string) =>
      `Workflow "${id}" is run while workflow "${composed}" is composed: it would run once, when the file is loaded.`,
    hint: (id) => `To make it a part of the other one, write: ${id}.runAsStep({ input: … }); to run it by itself, call it in a step.`,
  },
  noNestedInput: {
    type: "invalid_argument",
    message: (workflow: string, got: string) => `${workflow}.runAsStep() needs { input }, and got ${got}.`,
    hint: (workflow) => `Write: ${workflow}.runAsStep({ input: … }).`,
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
  pureWithOption: {
    type: "invalid_argument",
    message: (step: string, option: string, value: string) => `Step "${step}" is declared pure, and has ${option}: ${value}.`,
    hint: (_step, option) =>
      `What has no effect is done at once, and leaves nothing to wait for or to commit: remove either "pure: true" or "${option}".`,
  },
  noHook: {
    type: "invalid_argument",
    message: (place: string, got: string) => `${place} of a WorkflowResponse is ${got}; expected what createHook returned.`,
    hint: () => `Write: const hook = createHook("name", payload); return new WorkflowResponse(result, { hooks: [hook] }).`,
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
  unknownRunOption: {
    type: "invalid_argument",
    message: (id: string, option: string, _known: readonly string[], _hasInput: boolean) =>
      `run() of workflow "${id}" has no option "${option}".`,
    hint: (_id: string, option: string, known: readonly string[], hasInput: boolean) =>
      hasInput || nearestNames(option, known).length
        ? suggestion(option, known)
        : `What the workflow is given goes into "input": run({ input: { ${option}: … } }).`,
  },
  unknownEvent: {
    type: "invalid_argument",
    message: (id: string, event: string, _known: readonly string[]) => `Runs of workflow "${id}" have no event "${event}".`,
    hint: (_id: string, event: string, known: readonly string[]) => suggestion(event, known),
  },
  badHandler: {
    type: "invalid_argument",
    message: (id: string, event: string, got: string) => `The handler of "${event}" of workflow "${id}" is ${got}; expected a function.`,
    hint: (_id: string, event: string) => `Write: run({ events: { ${event}: (event) => { … } } }).`,
  },
  badHandlers: {
    type: "invalid_argument",
    message: (id: string, got: string) => `The "events" of a run of workflow "${id}" are ${got}; expected handlers by the names of events.`,
    hint: () => `Write: run({ events: { onFinish: (event) => { … } } }).`,
  },
  unknownWorkflow: {
    type: "not_found",
    message: (id: string) => `Workflow with id "${id}" not found.`,
    hint: () => `Workflows are found by the id given to createWorkflow, once their file is loaded.`,
  },
  badTransactionId: {
    type: "invalid_argument",
    message: (id: string, transactionId: string) =>
      `The transactionId of workflow "${id}" has a NUL character, which no database can keep: ${JSON.stringify(transactionId)}.`,
  },
  unknownResultFrom: {
    type: "invalid_argument",
    message: (id: string, step: string, known: readonly string[]) =>
      `Workflow "${id}" has no step "${step}" to take the result from (resultFrom); it has ${known.join(", ") || "none"}.`,
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
  notJson: {
    type: "invalid_data",
    message: (what: string, path: string, found: string, _mend: string) =>
      `${what} cannot be copied as JSON: ${path ? `"${path}"` : "it"} is ${found}.`,
    hint: (_what, _path, _found, mend) => mend,
  },
  notAwaited: {
    type: "invalid_data",
    message: () => `A promise has no JSON; await it first.`,
  },
  timedOut: {
    type: "unexpected_state",
    message: (what: string, seconds: number) => `${what} took longer than its timeout of ${seconds} s.`,
  },
  stillRuns: {
    type: "unexpected_state",
    message: (what: string, seconds: number, step: string, grace: number) =>
      `${what} took longer than its timeout of ${seconds} s, and the function of step "${step}" had not ended ${grace} s after that. What it does from then on is not undone.`,
    hint: (_what: string, _seconds: number, step: string) =>
      `End "${step}" when the "signal" of its context is aborted: hand it to what it waits for, such as fetch(url, { signal }).`,
  },
  emittedTooLate: {
    type: "unexpected_state",
    message: (step: string, workflow: string, names: string) =>
      `Step "${step}" of workflow "${workflow}" emits ${names} after it has ended, so that nobody could undo it with the step.`,
    hint: () => "Await in the step's function what emits, or emit by the event bus, without the workflow's eventGroupId.",
  },
  inDoubt: {
    type: "unexpected_state",
    message: (step: string) =>
      `Step ${step} may have been at work when its process ended, and the run is undone: whether the step had an effect is not known.`,
    hint: () => `Its compensation is called without data. Have it find what the step may have left, for example by the transactionId.`,
  },
  nothingToCancel: {
    type: "invalid_argument",
    message: (id: string) => `Workflow "${id}" is to be cancelled, and neither transactionId nor transaction says which run.`,
    hint: () => `Pass the transactionId that the run was given, or the transaction that it returned.`,
  },
  cancelled: {
    type: "not_allowed",
    message: (id: string, transactionId: string) => `Workflow "${id}", transaction "${transactionId}", was cancelled.`,
  },
});
