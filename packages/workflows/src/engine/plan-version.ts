import type { WorkflowPlan } from "../plan/plan";
import { nodesOfRun } from "../plan/plan-walk";
import { handlerKeys } from "../registry/handler-keys";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { notesKey } from "../store/step-store";
import type { LoadedSteps } from "../store/step-store";
import { fitNotes } from "./fit-notes";

/** What an execution remembers of the plan that it was started with. */
export function planVersion(plan: WorkflowPlan): string {
  return `${plan.options.version ?? ""}/${plan.hash}/${plan.notesHash}`;
}

/** What is on record of a run as this plan calls it, or why a run that was started with another one cannot go on with this. */
type FittedSteps = { steps: LoadedSteps; reason?: undefined } | { steps?: undefined; reason: string };

/**
 * Fits what is on record of a run to the plan that the code has now. It goes on when the workflow's own `version` is the same
 * and each record certainly belongs to something in the plan: steps by their names, handlers of hooks by their keys, values and
 * decisions as {@link fitNotes} says. So steps, transforms, conditions and handlers may be added, and what was not reached may
 * be removed.
 */
export function fitToPlan(plan: WorkflowPlan, recordedVersion: string, loaded: LoadedSteps, registry: WorkflowRegistry): FittedSteps {
  const version = recordedVersion.split("/").slice(0, -2).join("/");
  const current = String(plan.options.version ?? "");
  if (version !== current)
    return { reason: `It was started with version "${version}" of the workflow, and the code has version "${current}".` };
  const places = placesOf(plan, registry);
  const recorded = [...loaded.records.keys()].map((record) => record.slice(record.indexOf(":") + 1)).filter((key) => key !== notesKey);
  // Handlers are no part of the plan: they may be others though it is the same.
  const gone = recorded.find((key) => !places.has(key));
  if (gone !== undefined) return { reason: goneReason(gone) };
  if (recordedVersion === planVersion(plan)) return { steps: loaded };
  const { notes, reason } = fitNotes(plan, loaded.notes, places);
  if (reason !== undefined) return { reason };
  for (const key of [...recorded, ...notes.keys()]) {
    const condition = places.get(key)?.find((around) => notes.get(around)?.value !== true);
    if (condition !== undefined)
      return { reason: `Step "${key}" has run, and now depends on the condition "${condition}", which was not decided so.` };
  }
  return { steps: { ...loaded, notes } };
}

function goneReason(key: string): string {
  return key.includes("@")
    ? `The code no longer has the handler "${key}" of a hook, or has another number of handlers there, and it has run.`
    : `The code no longer has the step "${key}", which has run.`;
}

/** Whatever leaves records, by its key, with the keys of the conditions around it. */
function placesOf(plan: WorkflowPlan, registry: WorkflowRegistry): Map<string, readonly string[]> {
  const places = new Map<string, readonly string[]>();
  for (const { node, plan: of, prefix, conditions } of nodesOfRun(plan)) {
    if (node.kind === "step") places.set(prefix + node.key, conditions);
    else if (node.kind === "hook")
      for (const key of handlerKeys(node.key, registry.handlersOf(of.id, node.key))) places.set(prefix + key, conditions);
  }
  return places;
}
