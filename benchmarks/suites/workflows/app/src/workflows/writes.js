const { createStep, createWorkflow, StepResponse, WorkflowResponse } = require("@velella/workflows");

/** Five steps that each write a row through a module's service, and remove it when they are undone. */
function writes(name, options, workflowOptions) {
  const steps = [1, 2, 3, 4, 5].map((number) =>
    createStep(
      { name: `${name}-${number}`, ...options },
      async ({ account, amount }, { container, context }) => {
        const entry = await container.resolve("ledger").createEntries({ account, amount: amount + number }, context);
        return new StepResponse({ account, amount: entry.amount }, entry.id);
      },
      async (id, { container, context }) => {
        if (id) await container.resolve("ledger").deleteEntries(id, context);
      },
    ),
  );
  return createWorkflow({ name, ...workflowOptions }, (input) => new WorkflowResponse(steps.reduce((value, step) => step(value), input)));
}

module.exports = {
  transactional: writes("bench-writes", { transactional: true }),
  shared: writes("bench-shared-writes", { transactional: "shared" }),
  // A run with a timeout is always on record.
  journalled: writes("bench-journalled-writes", { transactional: "shared" }, { timeout: 60 }),
  plain: writes("bench-plain-writes", {}),
};
