import { isStepResponse } from "../options/step-response";
import { copyNamed } from "../plan/not-json";
import type { Copier } from "../plan/shape-copier";
import type { Scope } from "./scope";

/** The copy of a step's output, which later steps get. @throws `workflow.not_json` */
export function copyOutput(answer: unknown, copy: Copier, step: string, { plan }: Scope): unknown {
  return copyNamed(isStepResponse(answer) ? answer.output : answer, () => `The output of step "${step}" of workflow "${plan.id}"`, copy);
}

/** The copy of what a step keeps to be undone with: by default its output. @throws `workflow.not_json` */
export function copyCompensateInput(answer: unknown, output: unknown, step: string, { plan }: Scope): unknown {
  if (!isStepResponse(answer) || answer.compensateInput === answer.output) return output;
  return copyNamed(answer.compensateInput, () => `What step "${step}" of workflow "${plan.id}" keeps for its compensation`);
}
