import type { StepExecutionContext, StepOptions } from "../options/step-options";
import { isStepResponse } from "../options/step-response";
import { runErrors } from "../errors/workflow-errors";
import type { HookNode, StepNode } from "../plan/plan";
import { copierOf } from "../plan/shape-copier";
import type { Copier } from "../plan/shape-copier";
import type { HookHandlerEntry } from "../registry/workflow-registry";
import type { Scope } from "./scope";

/** A step, or a handler of a hook, of a run. */
export interface Work {
  /** Unique within the run. */
  key: string;
  name: string;
  scope: Scope;
  options: StepOptions;
  /** Copies what it returns. */
  copy: Copier;
  invoke(input: unknown, context: StepExecutionContext): unknown;
  compensate: ((data: unknown, context: StepExecutionContext) => unknown) | undefined;
}

/** A step to be undone if the run fails. */
export interface Undoable {
  work: Work;
  data: unknown;
  /** It waited when it was listed, and may have been answered since: its data is what is on record when it is undone. */
  isOpen?: boolean;
}

/** Whether a failure of the run calls something for it: it has a compensation, and `noCompensation` is not set. */
export const isUndoable = ({ compensate, options }: Pick<Work, "compensate" | "options">): boolean =>
  compensate !== undefined && !options.noCompensation;

/** A step of the plan as it runs in this scope; within a nested workflow its key begins with the scope's prefix. */
export function workOfStep({ key, step, options }: StepNode, scope: Scope): Work {
  const { invoke, compensate } = step;
  return { key: scope.prefix + key, name: key, scope, options, copy: copierOf(step), invoke, compensate };
}

const noOptions: StepOptions = Object.freeze({});

/** @param key Tells the handlers of one hook apart; see `handlerKeys`. */
export function workOfHandler(node: HookNode, handler: HookHandlerEntry, key: string, scope: Scope): Work {
  const validator = node.options.resultValidator;
  const invoke = async (payload: unknown, context: StepExecutionContext) => {
    const answer = await handler.handle(payload, context);
    if (validator) checkHookResult(validator, answer, scope.plan.id, node.key);
    return answer;
  };
  return {
    key: scope.prefix + key,
    name: node.key,
    scope,
    options: noOptions,
    copy: copierOf(handler),
    invoke,
    compensate: handler.compensate,
  };
}

function checkHookResult(validator: { parse(value: unknown): unknown }, answer: unknown, workflow: string, hook: string): void {
  const result = isStepResponse(answer) ? answer.output : answer;
  if (result === undefined) return;
  try {
    validator.parse(result);
  } catch (error) {
    throw runErrors.hookResult(workflow, hook, error instanceof Error ? error.message : String(error));
  }
}
