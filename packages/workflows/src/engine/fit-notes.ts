import type { WorkflowPlan } from "../plan/plan";
import { plansIn } from "../plan/plan-walk";
import { markOf } from "../plan/note-keys";
import { isBegunKey } from "../run/nested-time";
import type { Notes } from "../store/step-store";

/** A transform or a condition that this plan has. */
interface Candidate {
  key: string;
  /** That of the nested workflow that it stands in. */
  prefix: string;
  mark: string | undefined;
}

/** The notes under the keys of this plan, or why they cannot be told apart. */
type FittedNotes = { notes: Notes; reason?: undefined } | { notes?: undefined; reason: string };

/**
 * Finds out to which transforms and conditions of a plan the notes belong that were made with another one. Conditions with
 * names, and steps, are found by these. Anything else is found where it was, if it reads and does the same; or, when it moved,
 * as the only one that does.
 *
 * @param steps The keys of the steps that the plan has.
 */
export function fitNotes(plan: WorkflowPlan, recorded: Notes, steps: { has(key: string): boolean }): FittedNotes {
  const candidates = candidatesOf(plan);
  const byKey = new Map(candidates.map((candidate) => [candidate.key, candidate]));
  const notes: Notes = new Map();
  const moved: [key: string, mark: string][] = [];
  for (const [key, note] of recorded) {
    if (isBegunKey(key)) {
      notes.set(key, note);
      continue;
    }
    const here = byKey.get(key);
    const isHere = note.mark === undefined ? steps.has(key) || (here && here.mark === undefined) : here?.mark === note.mark;
    if (isHere) notes.set(key, note);
    else if (note.mark !== undefined) moved.push([key, note.mark]);
    else if (key.includes("when#")) return { reason: `The code no longer has the condition "${key}", which was decided.` };
    else return { reason: `The code no longer has the step "${key}", which has run.` };
  }
  for (const [key, mark] of moved) {
    const fits = (one: { prefix: string; mark: string | undefined }) => one.mark === mark && one.prefix === prefixOf(key);
    const found = candidates.filter((candidate) => fits(candidate) && !notes.has(candidate.key));
    const isOnly = found.length === 1 && moved.filter(([other, mark]) => fits({ prefix: prefixOf(other), mark })).length === 1;
    if (!isOnly || !found[0]) return { reason: lostReason(key, found.length) };
    notes.set(found[0].key, recorded.get(key) ?? {});
  }
  return { notes };
}

function candidatesOf(plan: WorkflowPlan): Candidate[] {
  return [...plansIn(plan)].flatMap(({ plan: { notes }, prefix }) =>
    notes.map(({ key, node }) => ({ key: prefix + key, prefix, mark: markOf(node) })),
  );
}

const noteKey = /^(.*?)(transform|when)>(.*)$/s;

const prefixOf = (key: string): string => noteKey.exec(key)?.[1] ?? "";

function lostReason(key: string, found: number): string {
  const [, prefix = "", kind, place = ""] = noteKey.exec(key) ?? [];
  const now = found ? `${found} that it may belong to` : `none that reads and does the same`;
  return kind === "when"
    ? `A condition without a name, around "${prefix}${place}", was decided, and of such conditions the code now has ${now}. Names keep them apart: when("name", …).`
    : `A value was computed by the transform that feeds "${prefix}${place}", and of transforms the code now has ${now}.`;
}
