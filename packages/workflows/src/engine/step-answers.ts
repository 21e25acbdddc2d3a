import type { Container } from "@velella/kernel";
import { isStepResponse } from "../compose/step-response";
import { secretPaths } from "../plan/secret-paths";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { copyError } from "../run/error-copy";
import type { ErrorCopy } from "../run/error-copy";
import type { StepAddress } from "../run/workflow-runner";
import type { ExecutionSteering, GivenAnswer, StepOfRun } from "../store/execution-steering";
import type { Payloads } from "../store/payloads";
import { engineErrors } from "./errors";
import { addressOf, nestedSteps, stepKeyOf } from "./step-address";

/** Which step was answered, or is tried again. */
export interface StepAnswer {
  workflowId: string;
  transactionId: string;
  stepId: string;
}

/** How a run goes on after an answer. */
export interface StepAnswerOptions {
  /**
   * The container of the steps that this process does next of the run. Another process that takes the run up knows nothing
   * of it, and uses its engine's.
   */
  container?: Container | undefined;
  /** What else options of a run may be is accepted, and without effect: the run goes on in the background. */
  [option: string]: unknown;
}

/** Which step is meant. */
export interface StepChoice {
  /** The address of the step, or its idempotency key, as its context has it. */
  idempotencyKey: string | StepAddress;
  options?: StepAnswerOptions | undefined;
}

/** An answer to a step that waits. */
export interface StepAnswerInput extends StepChoice {
  /** What the step yields, or a `StepResponse`; what it failed with. */
  stepResponse?: unknown;
}

export interface StepAnswersOptions {
  registry: WorkflowRegistry;
  executions: ExecutionSteering;
  payloads: Payloads;
  /** Has a run go on in a container, where this process takes it up. */
  useContainer(executionId: string, container: Container): void;
  /** Called when a run may go on. */
  onRuns(): void;
}

/** Takes answers from outside to those who wait for them. */
export class StepAnswers {
  constructor(private readonly services: StepAnswersOptions) {}

  succeed(input: StepAnswerInput): Promise<StepAnswer> {
    return this.answer(input, (step) => this.success(step, input.stepResponse));
  }

  fail(input: StepAnswerInput): Promise<StepAnswer> {
    return this.answer(input, () => ({ status: "failed", error: failureOf(input.stepResponse) }));
  }

  /** Has the next attempt of a step come now. */
  async retry(input: StepChoice): Promise<StepAnswer> {
    const { workflowId, transactionId, stepId, action = "invoke" } = addressOf(input?.idempotencyKey);
    const { registry, executions } = this.services;
    const own = { workflowId, key: stepKeyOf(registry.get(workflowId), stepId) };
    let id: string | undefined;
    // A step of a nested workflow knows that one by its name, and is part of a run of another.
    for (const step of [own, ...nestedSteps(registry, workflowId, stepId)]) id ??= await executions.retryStep(step, transactionId, action);
    if (!id) throw engineErrors.notRetrying(stepId, workflowId, transactionId);
    return this.goOn(id, input.options, { workflowId, transactionId, stepId });
  }

  private async answer(input: StepAnswerInput, given: (step: StepOfRun) => GivenAnswer): Promise<StepAnswer> {
    const { workflowId, transactionId, stepId, action = "invoke" } = addressOf(input?.idempotencyKey);
    const { registry, executions } = this.services;
    const answer = (step: StepOfRun) => executions.answer(step, transactionId, action, given(step));
    let id = await answer({ workflowId, key: stepKeyOf(registry.get(workflowId), stepId) });
    if (!id) {
      // A step of a nested workflow knows that one by its name, and is part of a run of another.
      const nested = nestedSteps(registry, workflowId, stepId);
      const [step, another] = nested.length ? await executions.waiting(transactionId, action, nested) : [];
      if (another) {
        const keys = nested.map(({ workflowId: of, key }) => `${of}:${transactionId}:${key}:${action}`);
        throw engineErrors.ambiguousStep(stepId, workflowId, transactionId, keys);
      }
      id = step && (await answer(step));
    }
    if (!id) throw engineErrors[action === "invoke" ? "notWaiting" : "compensationNotWaiting"](stepId, workflowId, transactionId);
    return this.goOn(id, input.options, { workflowId, transactionId, stepId });
  }

  private success({ workflowId, key }: StepOfRun, response: unknown): GivenAnswer {
    const { registry, payloads } = this.services;
    const plan = registry.get(workflowId);
    const secrets = plan && secretPaths(plan);
    const output = isStepResponse(response) ? response.output : response;
    const kept = isStepResponse(response) ? response.compensateInput : response;
    const hasSecrets = secrets?.steps.has(key);
    const packed = payloads.pack(output, `The answer to step "${key}"`, secrets?.values.get(key));
    if (kept === output && !hasSecrets) return { status: "done", output: packed, compensateInput: packed };
    const what = `What the answer to step "${key}" keeps for its compensation`;
    return { status: "done", output: packed, compensateInput: payloads.pack(kept, what, hasSecrets ? [[]] : secrets?.values.get(key)) };
  }

  private goOn(id: string, options: StepAnswerOptions | undefined, answer: StepAnswer): StepAnswer {
    if (options?.container) this.services.useContainer(id, options.container);
    this.services.onRuns();
    return answer;
  }
}

/** The error of a step that was failed from outside: what was given, with a message in any case. */
function failureOf(response: unknown): ErrorCopy {
  const given: { message?: unknown } = typeof response === "object" && response !== null ? response : { message: response };
  const message = given.message ?? (response === undefined ? "The step failed." : JSON.stringify(response));
  return { ...copyError({ ...given, message }), response };
}
