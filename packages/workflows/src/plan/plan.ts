import type { HookOptions } from "../options/hook-options";
import type { StepDefinition, StepOptions } from "../options/step-options";
import type { WorkflowOptions } from "../options/workflow-options";
import type { NotedNode } from "./note-keys";
import type { Template, TemplateOwner } from "./template";

/** Where a value of a run is kept: one per node that yields a value, numbered within its plan. */
export interface Slot {
  readonly index: number;
  /** How error messages name it. */
  readonly name: string;
  /** The composition that it belongs to. */
  readonly owner: TemplateOwner;
  /** Set for values that are computed when they are first needed. */
  readonly transform?: TransformNode;
}

/** Runs a step. */
export interface StepNode {
  readonly kind: "step";
  readonly slot: Slot;
  /** Unique within the plan; what the journal and errors call it. */
  readonly key: string;
  readonly step: StepDefinition;
  readonly options: StepOptions;
  readonly input: Template;
}

/** Calls the handlers of a hook, in the order of their registration. */
export interface HookNode {
  readonly kind: "hook";
  readonly slot: Slot;
  readonly key: string;
  readonly payload: Template;
  readonly options: HookOptions;
}

/** Runs its nodes when its condition holds. */
export interface WhenNode {
  readonly kind: "when";
  readonly slot: Slot;
  /** What the journal calls its decision: after its name, or after what stands in it. */
  readonly key: string;
  readonly values: Template;
  readonly condition: (values: unknown, context: unknown) => unknown;
  readonly nodes: readonly PlanNode[];
  readonly result: Template | undefined;
}

/** Runs its nodes at the same time. */
export interface ParallelNode {
  readonly kind: "parallel";
  readonly nodes: readonly PlanNode[];
}

/** Runs another workflow within the transaction of this one. */
export interface WorkflowNode {
  readonly kind: "workflow";
  readonly slot: Slot;
  readonly key: string;
  readonly plan: WorkflowPlan;
  readonly input: Template;
}

/** One thing that a plan does. */
export type PlanNode = StepNode | HookNode | WhenNode | ParallelNode | WorkflowNode;

/** A computed value. Not a place in the sequence: it is computed when something needs it, once per run. */
export interface TransformNode {
  readonly kind: "transform";
  /** What the journal calls its value: after the first place that it feeds. */
  readonly key: string;
  readonly values: Template;
  readonly functions: readonly ((values: unknown, context: unknown) => unknown)[];
}

/**
 * What a workflow does, as plain immutable data: the composer ran once to make it, and every runner interprets it.
 */
export interface WorkflowPlan {
  readonly id: string;
  /** The file that defined it, as the loader named it; empty outside of an app. */
  readonly file: string;
  /** Where `createWorkflow` was called, as `file:line`; empty where the stack does not say. For messages. */
  readonly definedAt: string;
  readonly options: WorkflowOptions;
  readonly nodes: readonly PlanNode[];
  /** How many slots a run needs; slot 0 is the input. */
  readonly slots: number;
  readonly result: Template | undefined;
  /** Names of all hooks of this workflow, without those of nested ones. */
  readonly hooks: readonly string[];
  /** Every step by its key, nested ones as `outer/inner`. */
  readonly steps: ReadonlyMap<string, StepNode>;
  /** Changes with the structure: names and order of nodes. */
  readonly hash: string;
  /** What runs note beside the records of steps: transforms that something reads, and conditions. */
  readonly notes: readonly NotedNode[];
  /** Changes when {@link notes} do, or what they read or feed, also in nested workflows. */
  readonly notesHash: string;
  readonly needs: PlanNeeds;
}

/** What the choice of the runner depends on, computed once. */
export interface PlanNeeds {
  /** Steps that are not pure. */
  readonly effects: number;
  /** Some steps may share a transaction. */
  readonly shares: boolean;
  /** Steps that are declared to emit events. */
  readonly emits: boolean;
  /** A step waits for something outside, or for a later time. */
  readonly waits: boolean;
  /** A workflow in it, at any depth, has a `timeout`. */
  readonly nestedTime: boolean;
}
