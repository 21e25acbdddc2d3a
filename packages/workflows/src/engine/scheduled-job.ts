import type { WorkflowPlan } from "../plan/plan";
import type { RunOptions } from "../run/workflow-runner";
import type { Job } from "../tasks/jobs";

/** The job by which a workflow with a `schedule` runs on its own; undefined for one without. */
export function scheduledJob(plan: WorkflowPlan, run: (options: RunOptions) => Promise<unknown>): Job | undefined {
  const { schedule } = plan.options;
  if (!schedule) return undefined;
  const { numberOfExecutions, timezone, concurrency, ...when } = typeof schedule === "string" ? { cron: schedule } : schedule;
  const name = `workflow:${plan.id}`;
  const handler = async ({ tick }: { tick: Date }) => {
    // Named after the tick, so that whoever handles a tick once more joins a run that is still under way.
    await run({ transactionId: `${name}:${tick.toISOString()}` });
  };
  return { name, schedule: when, numberOfExecutions, timezone, concurrency, workflowId: plan.id, handler };
}
