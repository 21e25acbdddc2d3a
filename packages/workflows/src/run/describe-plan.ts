import type { StepOptions } from "../options/step-options";
import type { WorkflowOptions } from "../options/workflow-options";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import type { PlanNode, StepNode, WorkflowPlan } from "../plan/plan";
import { chooseRunner } from "./runner-choice";
import type { RunnerChoice } from "./runner-choice";

/** One node of a plan, as it is shown to people. */
export interface PlanLine {
  kind: PlanNode["kind"];
  /** What the journal calls it; of a condition its name, of a nested workflow its id. */
  name: string;
  /** What else there is to say, in words. */
  facts: string[];
  /** Of a hook: the files that registered handlers, in the order in which these run. */
  handlers?: string[];
  /** What it consists of. */
  nodes: PlanLine[];
}

/**
 * A plan as nested data: what runs, in which order, under which conditions.
 *
 * @param registry Where handlers of hooks are registered; without it they have none.
 */
export function describePlan(plan: WorkflowPlan, registry?: WorkflowRegistry): PlanLine[] {
  return plan.nodes.map((node) => describeNode(node, plan, registry));
}

function describeNode(node: PlanNode, plan: WorkflowPlan, registry: WorkflowRegistry | undefined): PlanLine {
  const inside = (nodes: readonly PlanNode[]) => nodes.map((inner) => describeNode(inner, plan, registry));
  switch (node.kind) {
    case "step":
      return { kind: node.kind, name: node.key, facts: stepFacts(node), nodes: [] };
    case "hook": {
      const handlers = (registry?.handlersOf(plan.id, node.key) ?? []).map(({ file, definedAt }) => file || definedAt);
      return { kind: node.kind, name: node.key, facts: [counted(handlers.length, "handler")], handlers, nodes: [] };
    }
    case "when":
      return { kind: node.kind, name: node.slot.name, facts: [], nodes: inside(node.nodes) };
    case "parallel":
      return { kind: node.kind, name: "at the same time", facts: [], nodes: inside(node.nodes) };
    case "workflow": {
      const { timeout } = node.plan.options;
      const facts = said(node.key !== `${node.plan.id}-as-step` && `as ${node.key}`, timeout && `timeout ${timeout} s`);
      return { kind: node.kind, name: node.plan.id, facts, nodes: describePlan(node.plan, registry) };
    }
  }
}

/**
 * A plan as indented text, one node a line.
 *
 * @param placeOf How files are named; as they are by default.
 */
export function explainPlan(plan: WorkflowPlan, registry?: WorkflowRegistry, placeOf: (file: string) => string = (file) => file): string {
  const indented = ({ kind, name, facts, handlers = [], nodes }: PlanLine, depth: number): string[] => {
    const files = handlers.length ? ` (${handlers.map(placeOf).join(", ")})` : "";
    const head = `${kind === "parallel" ? "" : `${kind} `}${name}${facts.length ? `: ${facts.join(", ")}` : ""}${files}`;
    return ["  ".repeat(depth) + head, ...nodes.flatMap((inner) => indented(inner, depth + 1))];
  };
  const facts = [...workflowFacts(plan.options), ...runnerFacts(plan, registry)];
  const head = `workflow ${plan.id}${plan.file ? ` (${placeOf(plan.file)})` : ""}${facts.length ? `: ${facts.join(", ")}` : ""}`;
  return [head, ...describePlan(plan, registry).flatMap((line) => indented(line, 1))].join("\n");
}

function workflowFacts({ timeout, schedule, durable, idempotent, store, retentionTime, version }: WorkflowOptions): string[] {
  const { cron, interval } = typeof schedule === "object" ? schedule : { cron: schedule };
  return said(
    schedule && (cron === undefined ? `every ${interval} ms` : `at ${cron}`),
    timeout && `timeout ${timeout} s`,
    idempotent && "idempotent",
    retentionTime === undefined ? store && "kept" : `kept ${retentionTime} s`,
    durable === false && "not journalled",
    version !== undefined && `version ${version}`,
  );
}

const runnerNames: Readonly<Record<RunnerChoice, string>> = {
  direct: "made of plain calls",
  atomic: "made in one transaction",
  journalled: "journalled",
};

/** How a run is made that nobody names or watches. */
function runnerFacts(plan: WorkflowPlan, registry: WorkflowRegistry | undefined): string[] {
  // That it says itself.
  if (plan.options.durable === false || !registry) return [];
  const [first, later] = [false, true].map((isQuiet) => chooseRunner(plan, registry, false, isQuiet)) as [RunnerChoice, RunnerChoice];
  return [first === later ? runnerNames[first] : `${runnerNames[first]}, and ${runnerNames[later]} once it has emitted nothing`];
}

function stepFacts({ key, step, options }: StepNode): string[] {
  const { maxRetries, retryInterval, autoRetry, async, backgroundExecution, timeout, retryIntervalAwaiting, emits, secret } = options;
  const every = autoRetry === false ? ", when asked for" : retryInterval ? ` every ${retryInterval} s` : "";
  return said(
    kindOf(options),
    step.name !== key && `runs ${step.name}`,
    step.compensate !== undefined && !options.noCompensation && "undone on failure",
    maxRetries && `${maxRetries === Infinity ? "endless retries" : counted(maxRetries, "retry", "retries")}${every}`,
    timeout && `timeout ${timeout} s`,
    async && (backgroundExecution ? "in the background" : "async"),
    retryIntervalAwaiting && `called again every ${retryIntervalAwaiting} s while it waits`,
    emits && "emits events",
    secret && "has secrets",
    afterFailure(options),
  );
}

function kindOf({ pure, transactional }: StepOptions): string {
  if (pure) return "pure";
  return transactional === "shared" ? "transactional, shared" : transactional ? "transactional" : "plain";
}

function afterFailure({ skipOnPermanentFailure, continueOnPermanentFailure }: StepOptions): string | false {
  if (typeof skipOnPermanentFailure === "string") return `its failure skips to ${skipOnPermanentFailure}`;
  if (skipOnPermanentFailure) return "its failure skips the rest";
  return continueOnPermanentFailure === true && "its failure does not end the workflow";
}

const said = (...facts: (string | number | false | undefined)[]): string[] =>
  facts.filter((fact) => typeof fact === "string" && fact !== "") as string[];

const counted = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;
