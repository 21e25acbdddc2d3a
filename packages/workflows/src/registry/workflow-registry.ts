import type { Registry, RegistryKind } from "@velella/kernel";
import type { StepExecutionContext } from "../options/step-options";
import { composeErrors } from "../errors/workflow-errors";
import type { WorkflowPlan } from "../plan/plan";
import { differenceOf } from "./plan-difference";

/** A function that handles a hook, and how to undo it. */
export interface HookHandlerEntry {
  /** The file of the app that registered it; empty outside of an app. */
  readonly file: string;
  /** Where it was registered, as `file:line`; empty where the stack does not say. For messages. */
  readonly definedAt: string;
  readonly handle: (payload: unknown, context: StepExecutionContext) => unknown;
  readonly compensate: ((data: unknown, context: StepExecutionContext) => unknown) | undefined;
}

/** The workflows and hook handlers of one app, or those of the process; the first looks things up in the second. */
export class WorkflowRegistry implements Registry {
  private readonly plans = new Map<string, WorkflowPlan>();
  private readonly handlers = new Map<string, HookHandlerEntry[]>();

  constructor(private readonly parent?: WorkflowRegistry) {}

  /**
   * Adds a workflow. The same id again is an error, unless it comes from the same file of an app, which is loaded again, or
   * does the same, as it does where a library is there twice.
   */
  add(plan: WorkflowPlan): void {
    const known = this.get(plan.id);
    const reloaded = known !== undefined && known.file !== "" && known.file === plan.file;
    const difference = known && !reloaded ? differenceOf(known, plan) : undefined;
    if (known && difference) throw composeErrors.workflowDefinedTwice(plan.id, placeOf(known), placeOf(plan), difference);
    this.plans.set(plan.id, plan);
  }

  /** Replaces a workflow by itself with other options. */
  replace(plan: WorkflowPlan): void {
    this.plans.set(plan.id, plan);
  }

  get(id: string): WorkflowPlan | undefined {
    return this.plans.get(id) ?? this.parent?.get(id);
  }

  /** All workflows, those of libraries first. */
  list(): WorkflowPlan[] {
    const all = new Map((this.parent?.list() ?? []).map((plan) => [plan.id, plan]));
    for (const plan of this.plans.values()) all.set(plan.id, plan);
    return [...all.values()];
  }

  addHandler(workflow: string, hook: string, handler: HookHandlerEntry): void {
    const key = hookKey(workflow, hook);
    const handlers = this.handlers.get(key);
    if (handlers) handlers.push(handler);
    else this.handlers.set(key, [handler]);
  }

  /** The handlers of a hook in the order in which they run: those of libraries, then the app's. */
  handlersOf(workflow: string, hook: string): readonly HookHandlerEntry[] {
    const own = this.handlers.get(hookKey(workflow, hook));
    const inherited = this.parent?.handlersOf(workflow, hook);
    if (!inherited?.length) return own ?? none;
    return own ? [...inherited, ...own] : inherited;
  }

  forget(file: string): void {
    for (const [id, plan] of this.plans) if (plan.file === file) this.plans.delete(id);
    for (const [key, handlers] of this.handlers) {
      // A new array: runs that are under way keep the handlers that they started with.
      const kept = handlers.filter((handler) => handler.file !== file);
      if (kept.length) this.handlers.set(key, kept);
      else this.handlers.delete(key);
    }
  }
}

const placeOf = ({ file, definedAt }: WorkflowPlan) => file || definedAt;

const none: readonly HookHandlerEntry[] = Object.freeze([]);
const hookKey = (workflow: string, hook: string) => `${workflow}\u0000${hook}`;

/** Where `createWorkflow` and `workflow.hooks` put what they define. */
export const workflowRegistryKind: RegistryKind<WorkflowRegistry> = {
  name: "workflows",
  create: (parent) => new WorkflowRegistry(parent),
};
