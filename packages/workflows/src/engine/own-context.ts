import type { RunOptions } from "../run/workflow-runner";

/** The context of a step, handed on to another run, says who that step is, not who the new run is. */
export function withoutIdentity(options: RunOptions): RunOptions {
  const { context } = options;
  if (!context || !("runId" in context)) return options;
  const {
    transactionId: _transaction,
    runId: _run,
    idempotencyKey: _key,
    transactionManager: _manager,
    manager: _other,
    ...rest
  } = context;
  return { ...options, context: rest };
}
