import { loadingScope } from "@velella/kernel";
import type { Container } from "@velella/kernel";
import { composeErrors } from "../errors/workflow-errors";
import { buildPlan, withOptions } from "../plan/build-plan";
import type { WorkflowPlan } from "../plan/plan";
import { explainPlan } from "../run/describe-plan";
import { nameOf, referenceOf } from "../plan/reference";
import { workflowRegistryKind } from "../registry/workflow-registry";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { workflowRunner } from "../run/workflow-runner";
import type { Chosen, RunOptions, RunResult, WorkflowRunner } from "../run/workflow-runner";
import { shown } from "../shown";
import { compose, Composition, currentComposition, refuseToRun } from "./composition";
import type { Hook, HookRegistrar } from "./create-hook";
import { callerOf } from "./defined-at";
import { readsInput } from "./slots-read";
import type { WorkflowData } from "./workflow-data";
import { checkOptions } from "../options/option-checks";
import type { OptionChecks } from "../options/option-checks";
import { stepOptionChecks } from "../options/step-options";
import { checkWorkflowOptions } from "../options/workflow-options";
import type { WorkflowOptions } from "../options/workflow-options";
import { isWorkflowResponse } from "./workflow-response";
import type { WorkflowResponse } from "./workflow-response";

/** The registrars of a workflow's hooks, by name. */
export type HooksOf<THooks extends readonly unknown[]> = {
  readonly [H in THooks[number] as H extends Hook<infer Name, infer _Payload, infer _Result> ? Name : never]: H extends Hook<
    infer _Name,
    infer Payload,
    infer _Result
  >
    ? HookRegistrar<Payload>
    : never;
};

/** The result of a nested workflow in a composer. */
export type NestedReturn<TResult> = WorkflowData<TResult> & {
  /** Names this use of the workflow. */
  config(config: { name?: string }): WorkflowData<TResult>;
};

/** A workflow: call it with a container to run it there. */
export interface ReturnWorkflow<TData, TResult, THooks extends readonly unknown[]> {
  /** The types of its input and its result may be named anew, where they are known better than by the workflow. */
  <TDataOverride = undefined, TResultOverride = undefined>(
    container?: Container | object,
  ): WorkflowRunner<Chosen<TDataOverride, TData>, Chosen<TResultOverride, TResult>>;
  /** Runs it, in the container given with the options. */
  run<TDataOverride = undefined, TResultOverride = undefined>(
    options?: RunOptions<Chosen<TDataOverride, TData>>,
  ): Promise<RunResult<Chosen<TResultOverride, TResult>>>;
  /**
   * In the composer of another workflow, makes this one a part of it, undone together with it. How long it takes, and whether it is
   * kept, is up to the options of the other one.
   */
  runAsStep(args: { input: TData | WorkflowData<TData> }): NestedReturn<TResult>;
  getName(): string;
  /** Changes options of the workflow itself. */
  config(options: WorkflowOptions): void;
  /** Add handlers to the hooks of this workflow. */
  readonly hooks: HooksOf<THooks>;
  /** What the workflow does, as data. */
  readonly plan: WorkflowPlan;
  /** What the workflow does, as indented text. */
  explain(): string;
}

/**
 * Defines a workflow. The composer runs once, now: it sees references instead of values, and what it calls becomes the
 * plan that every run follows.
 *
 * @param nameOrConfig Its id, unique within an app, or `{ name }` with options.
 *
 * @example
 * export const createBrandWorkflow = createWorkflow("create-brand", (input: { name: string }) => {
 *   const brand = createBrandStep(input);
 *   return new WorkflowResponse(brand);
 * });
 * const { result } = await createBrandWorkflow(container).run({ input: { name: "Velella" } });
 */
export function createWorkflow<TData, TResult = undefined, THooks extends readonly unknown[] = []>(
  nameOrConfig: string | ({ name: string } & WorkflowOptions),
  composer: (input: TData & WorkflowData<TData>) => void | WorkflowResponse<TResult, THooks>,
): ReturnWorkflow<TData, TResult, THooks> {
  const { name: id, ...options } = typeof nameOrConfig === "string" ? { name: nameOrConfig } : { ...nameOrConfig };
  if (typeof id !== "string" || !id) throw composeErrors.noName("A workflow", shown(id));
  if (typeof composer !== "function") throw composeErrors.noComposer(id, shown(composer));
  checkWorkflowOptions(id, options);
  const { registries, file } = loadingScope();
  const registry = registries.get(workflowRegistryKind);
  const place = { file, definedAt: callerOf(createWorkflow) };
  let plan = composePlan(id, place, options, composer as (input: unknown) => unknown);
  registry.add(plan);

  const workflow = (container?: Container | object) => {
    refuseToRun(id);
    return workflowRunner<TData, TResult>(plan, registry, container);
  };
  Object.assign(workflow, {
    run: (runOptions?: RunOptions<TData>) => workflow().run(runOptions),
    runAsStep: (args: unknown) => nest(plan, args),
    getName: () => id,
    config: (changes: WorkflowOptions) => {
      checkWorkflowOptions(id, changes);
      plan = withOptions(plan, changes);
      registry.replace(plan);
    },
    hooks: hooksOf(plan),
    explain: () => explainPlan(plan, registry),
  });
  Object.defineProperty(workflow, "plan", { enumerable: true, get: () => plan });
  return workflow as unknown as ReturnWorkflow<TData, TResult, THooks>;
}

function composePlan(
  id: string,
  place: { file: string; definedAt: string },
  options: WorkflowOptions,
  composer: (input: unknown) => unknown,
): WorkflowPlan {
  const composition = new Composition(id);
  const response = compose(composition, () => composer(composition.input()));
  if (response instanceof Promise) {
    // What the async function still does would otherwise fail a second time, unheard.
    response.catch(() => undefined);
    throw composeErrors.asyncComposer(id);
  }
  const result = isWorkflowResponse(response) ? response.$result : response;
  return buildPlan({
    id,
    ...place,
    options: Object.freeze(options),
    nodes: composition.finish(),
    result: result === undefined ? undefined : composition.template(result),
    slots: composition.slotCount,
    hooks: Object.freeze(composition.hooks),
  });
}

/** With the name first, for hints. */
const nestedOptionChecks: OptionChecks = {
  name: { expected: "a text that is not empty", holds: (value) => typeof value === "string" && value !== "" },
  ...stepOptionChecks,
};

function nest(plan: WorkflowPlan, args: unknown): object {
  const composition = currentComposition(`${plan.id}.runAsStep`);
  const key = `${plan.id}-as-step`;
  const node = { kind: "workflow" as const, slot: composition.slot(key), key, plan, input: composition.template(inputOf(plan, args)) };
  const reference: object = composition.add(node, {
    config: ({ name, ...options }: { name?: string }) => {
      composition.refuseChange(`Workflow "${node.key}"`);
      if (name !== undefined && (typeof name !== "string" || !name))
        throw composeErrors.noName(`This use of workflow "${plan.id}"`, shown(name));
      // Those of steps, which a nested workflow may be given elsewhere, say nothing here: its steps have their own.
      checkOptions(`Workflow "${name ?? node.key}"`, options, nestedOptionChecks);
      if (name) node.key = name;
      return reference;
    },
  });
  return reference;
}

/** The input of a nested workflow. Without one where the workflow reads none, since there is nothing to be forgotten then. */
function inputOf(plan: WorkflowPlan, args: unknown): unknown {
  const isGiven = typeof args === "object" && args !== null && "input" in args;
  if (isGiven) return args.input;
  if (args === undefined && !readsInput(plan)) return undefined;
  const reference = referenceOf(args);
  throw composeErrors.noNestedInput(plan.id, reference ? `"${nameOf(reference)}"` : shown(args));
}

function hooksOf(plan: WorkflowPlan): Record<string, HookRegistrar<unknown>> {
  return Object.fromEntries(
    plan.hooks.map((hook) => {
      const register: HookRegistrar<unknown> = (handle, compensate) => {
        if (typeof handle !== "function") throw composeErrors.noFunction("Handler of hook", hook, typeof handle);
        if (compensate !== undefined && typeof compensate !== "function")
          throw composeErrors.noFunction("The compensation of hook", hook, shown(compensate));
        // The handler belongs to the app whose file registers it, the workflow perhaps to a library.
        const { registries, file } = loadingScope();
        const registry: WorkflowRegistry = registries.get(workflowRegistryKind);
        registry.addHandler(plan.id, hook, {
          file,
          definedAt: callerOf(register),
          handle,
          compensate: compensate as ((data: unknown) => unknown) | undefined,
        });
      };
      return [hook, register];
    }),
  );
}
