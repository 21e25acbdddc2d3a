import { composeErrors } from "../errors/workflow-errors";
import type { HookNode } from "../plan/plan";
import { createReference } from "../plan/reference";
import { shown } from "../shown";
import { currentComposition } from "./composition";
import { hookOptionChecks } from "../options/hook-options";
import type { HookOptions } from "../options/hook-options";
import { checkOptions } from "../options/option-checks";
import type { StepExecutionContext } from "../options/step-options";
import type { SkipStepResponse, StepResponse } from "../options/step-response";
import type { Unwrapped, WorkflowData } from "./workflow-data";

/** A place in a workflow where others may add behaviour. */
export interface Hook<Name extends string = string, Payload = unknown, Result = unknown> {
  readonly name: Name;
  /** The result of the handlers, for the steps after the hook. */
  getResult(): WorkflowData<Result>;
  readonly __payload?: Payload;
}

/** What a handler's compensation gets: the second part of its `StepResponse`, or what it returned. */
type CompensationOf<Result> = Result extends StepResponse<unknown, infer Compensate> ? Compensate : Exclude<Result, SkipStepResponse>;

/**
 * Adds a handler to a hook, with its compensation. What the handler returns is the hook's result; a `StepResponse`
 * also says how to undo it.
 */
export type HookRegistrar<Payload> = <Result>(
  handler: (payload: Payload, context: StepExecutionContext) => Result,
  compensate?: (data: CompensationOf<Awaited<Result>> | undefined, context: StepExecutionContext) => unknown,
) => void;

// A hook without validator may return whatever its handlers like.
// oxlint-disable-next-line typescript/no-explicit-any
type FreeResult = any;

/**
 * Adds a hook to the workflow, to be listed in `new WorkflowResponse(result, { hooks: [hook] })`. Handlers are added
 * with `workflow.hooks.NAME(handler, compensate)`; several run in the order of their registration.
 *
 * @param payload What handlers get; may contain references.
 */
export function createHook<const Name extends string, Payload, Result = FreeResult>(
  name: Name,
  payload: Payload,
  options: HookOptions<Result> = {},
): Hook<Name, Unwrapped<Payload>, Result> {
  if (typeof name !== "string" || !name) throw composeErrors.noName("A hook", shown(name));
  checkOptions(`Hook "${name}"`, options, hookOptionChecks);
  const composition = currentComposition(`Hook ${String(name)}`);
  const node: HookNode = { kind: "hook", slot: composition.slot(name), key: name, payload: composition.template(payload), options };
  composition.add(node);
  composition.hooks.push(name);
  const result = createReference(node.slot);
  return { name, getResult: () => result as WorkflowData<Result> };
}
