import type { PlanNode, WorkflowPlan } from "../plan/plan";
import { notesKey } from "../store/step-store";
import type { LoadedSteps } from "../store/step-store";

/** What an execution remembers of the plan that it was started with. */
export function planVersion(plan: WorkflowPlan): string {
  return `${plan.options.version ?? ""}/${plan.hash}`;
}

/**
 * Why a run that was started with another version of the code cannot go on with this one; undefined when it can: every
 * step on record is still there, and the workflow's own `version` is the same.
 */
export function incompatibility(plan: WorkflowPlan, recordedVersion: string, { records }: LoadedSteps): string | undefined {
  const [version] = recordedVersion.split("/", 1);
  const current = String(plan.options.version ?? "");
  if (version !== current) return `It was started with version "${version}" of the workflow, and the code has version "${current}".`;
  if (recordedVersion === planVersion(plan)) return undefined;
  const keys = keysOf(plan.nodes);
  for (const record of records.keys()) {
    const key = record.slice(record.indexOf(":") + 1);
    if (key !== notesKey && !keys.has(key.replace(/#\d+$/, ""))) return `The code no longer has the step "${key}", which has run.`;
  }
  return undefined;
}

function keysOf(nodes: readonly PlanNode[], prefix = "", keys = new Set<string>()): Set<string> {
  for (const node of nodes) {
    if (node.kind === "when" || node.kind === "parallel") keysOf(node.nodes, prefix, keys);
    else if (node.kind === "workflow") keysOf(node.plan.nodes, `${prefix}${node.key}/`, keys);
    else keys.add(prefix + node.key);
  }
  return keys;
}
