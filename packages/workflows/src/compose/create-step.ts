import { composeErrors } from "../errors/workflow-errors";
import type { StepNode } from "../plan/plan";
import { shown } from "../shown";
import { currentComposition } from "./composition";
import type { StepConfig } from "./composition";
import { checkOptions } from "../options/option-checks";
import { checkStepOptions, stepOptionChecks } from "../options/step-options";
import type { StepDefinition, StepExecutionContext, StepOptions } from "../options/step-options";
import type { SkipStepResponse, StepResponse } from "../options/step-response";
import type { WorkflowData } from "./workflow-data";

type Answer<TOutput, TCompensate> = void | SkipStepResponse | StepResponse<TOutput, TCompensate> | TOutput;

/** Does the work of a step. What it returns crosses as a JSON copy. */
export type InvokeFn<TInput, TOutput, TCompensate> = (
  input: TInput,
  context: StepExecutionContext,
) => Answer<TOutput, TCompensate> | Promise<Answer<TOutput, TCompensate>>;

/** Undoes a step. `data` is undefined when the step itself failed. */
export type CompensateFn<TCompensate> = (data: TCompensate | undefined, context: StepExecutionContext) => unknown;

type StepArguments<TInput> = unknown extends TInput
  ? [input?: TInput]
  : undefined extends TInput
    ? [input?: TInput]
    : [TInput] extends [void]
      ? [input?: TInput]
      : [input: TInput];

/** The result of a step in a composer. */
export type StepReturn<TOutput> = WorkflowData<TOutput> & {
  /** Names this use of the step, and changes its options for it. */
  config(config: StepConfig): WorkflowData<TOutput>;
};

/** Called in a composer, adds the step to the workflow. */
export interface StepFunction<TInput, TOutput> {
  (...args: StepArguments<TInput>): StepReturn<TOutput>;
  readonly __step__: string;
  readonly definition: StepDefinition;
}

/**
 * Defines a step: a function, and how to undo it.
 *
 * @param nameOrConfig Its name, unique within a workflow, or the name with options.
 * @param compensate Called in reverse order when the workflow fails after this step, or in it.
 *
 * @example
 * const chargeStep = createStep("charge", async ({ amount }: Input, { container }) => {
 *   const payment = await container.resolve("payments").charge(amount);
 *   return new StepResponse(payment, payment.id);
 * }, async (id, { container }) => {
 *   if (id) await container.resolve("payments").refund(id);
 * });
 */
export function createStep<TInput = unknown, TOutput = undefined, TCompensate = TOutput>(
  nameOrConfig: string | ({ name: string } & StepOptions),
  invoke: InvokeFn<TInput, TOutput, TCompensate>,
  compensate?: CompensateFn<TCompensate>,
): StepFunction<TInput, TOutput> {
  const { name, ...options } = typeof nameOrConfig === "string" ? { name: nameOrConfig } : { ...nameOrConfig };
  if (typeof name !== "string" || !name) throw composeErrors.noName("A step", shown(name));
  if (typeof invoke !== "function") throw composeErrors.noFunction("Step", name, shown(invoke));
  if (compensate !== undefined && typeof compensate !== "function")
    throw composeErrors.noFunction("The compensation of step", name, shown(compensate));
  checkOptions(`Step "${name}"`, options, stepOptionChecks);
  if (options.pure && compensate) throw composeErrors.pureWithCompensation(name);
  checkStepOptions(name, options);
  const definition = Object.freeze({
    name,
    options: Object.freeze(options),
    invoke: invoke as StepDefinition["invoke"],
    compensate: compensate as StepDefinition["compensate"],
  });

  const step = (input?: unknown) => {
    const composition = currentComposition(`Step ${name}`);
    const node: { -readonly [K in keyof StepNode]: StepNode[K] } = {
      kind: "step",
      slot: composition.slot(name),
      key: name,
      step: definition,
      options: definition.options,
      input: composition.template(input),
    };
    const reference: object = composition.add(node, {
      config: ({ name: newName, ...changes }: StepConfig) => {
        composition.refuseChange(`Step "${node.key}"`);
        if (newName !== undefined && (typeof newName !== "string" || !newName))
          throw composeErrors.noName(`This use of step "${name}"`, shown(newName));
        checkOptions(`Step "${newName ?? node.key}"`, changes, stepOptionChecks);
        const changed = { ...node.options, ...changes };
        if (changed.pure && compensate) throw composeErrors.pureWithCompensation(newName ?? node.key);
        checkStepOptions(newName ?? node.key, changed);
        if (newName) node.key = newName;
        node.options = changed;
        return reference;
      },
    });
    return reference;
  };
  return Object.assign(step, { __step__: name, definition }) as unknown as StepFunction<TInput, TOutput>;
}
