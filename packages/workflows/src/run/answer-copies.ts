import { isStepResponse } from "../options/step-response";
import { jsonCopy } from "../plan/json-copy";
import { notJson } from "../plan/not-json";
import type { Copier } from "../plan/shape-copier";
import type { Scope } from "./scope";

/** The copy of a step's output, which later steps get. @throws `workflow.not_json` */
export function copyOutput(answer: unknown, copy: Copier, step: string, { plan }: Scope): unknown {
  const output = isStepResponse(answer) ? answer.output : answer;
  try {
    return copy(output);
  } catch (error) {
    throw notJson(error, output, `The output of step "${step}" of workflow "${plan.id}"`);
  }
}

/** The copy of what a step keeps to be undone with: by default its output. @throws `workflow.not_json` */
export function copyCompensateInput(answer: unknown, output: unknown, step: string, { plan }: Scope): unknown {
  if (!isStepResponse(answer) || answer.compensateInput === answer.output) return output;
  try {
    return jsonCopy(answer.compensateInput);
  } catch (error) {
    throw notJson(error, answer.compensateInput, `What step "${step}" of workflow "${plan.id}" keeps for its compensation`);
  }
}
