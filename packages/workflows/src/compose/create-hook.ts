import { composeErrors } from "../errors";
import type { HookNode } from "../plan/plan";
import { createReference } from "../plan/reference";
import { shown } from "../shown";
import { currentComposition } from "./composition";
import { checkOptions, func } from "./option-checks";
import type { OptionCheck } from "./option-checks";
import type { StepExecutionContext } from "./step-options";
import type { SkipStepResponse, StepResponse } from "./step-response";
import type { Unwrapped, WorkflowData } from "./workflow-data";

/** A schema as zod makes it: `parse` returns the value or throws. */
export interface ResultSchema<T = unknown> {
  parse(value: unknown): T;
}

export interface HookOptions<T = unknown> {
  /** Checks what the handlers return; a result that it refuses fails the run. */
  resultValidator?: ResultSchema<T>;
  /**
   * Makes one result of those of several handlers, in their order, without those that returned nothing.
   * By default the last one counts.
   */
  reduce?: (results: unknown[]) => unknown;
}

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

const hookOptionChecks: Readonly<Record<keyof HookOptions, OptionCheck>> = {
  resultValidator: {
    expected: "a schema with a method parse, such as zod makes it",
    holds: (value) => typeof (value as Partial<ResultSchema> | null)?.parse === "function",
  },
  reduce: func,
};

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
