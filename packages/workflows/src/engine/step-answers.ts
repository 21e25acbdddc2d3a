import type { Container } from "@velella/kernel";
import { isStepResponse } from "../options/step-response";
import { jsonCopy } from "../plan/json-copy";
import { secretPaths } from "../plan/secret-paths";
import type { WorkflowRegistry } from "../registry/workflow-registry";
import { awaitingStatuses } from "../rows/step-row";
import { copyError } from "../run/error-copy";
import type { ErrorCopy } from "../run/error-copy";
import type { RunChange, StepAddress } from "../run/workflow-runner";
import type { ExecutionSteering, GivenAnswer, SteeredExecution, StepOfRun } from "../store/execution-steering";
import type { Payloads } from "../store/payloads";
import { engineErrors } from "../errors/engine-errors";
import { addressesOf, nestedSteps, stepKeyOf } from "./step-address";
import { whyRefused } from "./step-refusal";
import type { AwaitedState } from "./step-refusal";

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

/** What {@link StepAnswers} work with. */
export interface StepAnswersOptions {
  registry: WorkflowRegistry;
  executions: ExecutionSteering;
  payloads: Payloads;
  /** Has the steps that are done next of a run get a container, where this process takes it up; returns what takes that back. */
  useContainer(workflowId: string, transactionId: string, container: Container): () => void;
  /** Called when a run may go on. */
  onRuns(): void;
}

/** What is done to a step. */
type StepChange = Exclude<RunChange, "cancel">;

type SteppedAddress = StepAddress & Required<Pick<StepAddress, "action">>;

const stepStates = { waiting: awaitingStatuses, retrying: ["retrying"] } as const;

/** Undefined: the step is not there for it. */
type Steer = (step: StepOfRun, address: SteppedAddress) => Promise<SteeredExecution | undefined>;

/** Told the transaction id of the run that is meant, before anything is done to it. */
type Follow = (transactionId: string) => void;

const withAction = (address: StepAddress): SteppedAddress => ({ ...address, action: address.action ?? "invoke" });

/** Takes answers from outside to those who wait for them. */
export class StepAnswers {
  constructor(private readonly services: StepAnswersOptions) {}

  async succeed(input: StepAnswerInput): Promise<StepAnswer> {
    return (await this.steer("setStepSuccess", input)).answer;
  }

  async fail(input: StepAnswerInput): Promise<StepAnswer> {
    return (await this.steer("setStepFailure", input)).answer;
  }

  /** Has the next attempt of a step come now. */
  async retry(input: StepChoice): Promise<StepAnswer> {
    return (await this.steer("retryStep", input)).answer;
  }

  /** The same for somebody who waits for the end of the run, which is returned. */
  async change(change: StepChange, input: StepAnswerInput, follow: Follow): Promise<SteeredExecution> {
    return (await this.steer(change, input, follow)).run;
  }

  private steerFor(change: StepChange, { stepResponse }: StepAnswerInput, isFollowed: boolean): Steer {
    const { executions } = this.services;
    if (change === "retryStep") {
      return (step, { transactionId, action }) => executions.retryStep(step, transactionId, action, isFollowed);
    }
    const given = (step: StepOfRun): GivenAnswer =>
      change === "setStepSuccess" ? this.success(step, stepResponse) : { status: "failed", error: failureOf(step.key, stepResponse) };
    return (step, { transactionId, action }) => executions.answer(step, transactionId, action, given(step), isFollowed);
  }

  /** Does something with the only step that is meant, and that is there for it; then its run goes on. */
  private async steer(change: StepChange, input: StepAnswerInput, follow?: Follow): Promise<{ answer: StepAnswer; run: SteeredExecution }> {
    const state = change === "retryStep" ? "retrying" : "waiting";
    const address = await this.chosen(addressesOf(input?.idempotencyKey, this.services.registry).map(withAction), state);
    const { workflowId, transactionId, stepId, action } = address;
    const container = input.options?.container;
    follow?.(transactionId);
    const steer = this.steerFor(change, input, follow !== undefined);
    const steered: Steer = async (step, meant) => {
      // Before the run may go on, for it does so at once.
      const takeBack = container && this.services.useContainer(step.workflowId, transactionId, container);
      const run = await steer(step, meant);
      if (!run) takeBack?.();
      return run;
    };
    const run = await this.steerOne(address, state, steered);
    if (run) {
      this.services.onRuns();
      return { answer: { workflowId, transactionId, stepId }, run };
    }
    const refusal = state === "retrying" ? "notRetrying" : action === "invoke" ? "notWaiting" : "compensationNotWaiting";
    const { registry, executions } = this.services;
    throw engineErrors[refusal](stepId, workflowId, transactionId, await whyRefused({ ...address, state }, registry, executions));
  }

  private async steerOne(address: SteppedAddress, state: AwaitedState, steer: Steer): Promise<SteeredExecution | undefined> {
    const { workflowId, transactionId, stepId, action } = address;
    const { registry, executions } = this.services;
    const run = await steer({ workflowId, key: stepKeyOf(registry.get(workflowId), stepId) }, address);
    if (run) return run;
    // A step of a nested workflow knows that one by its name, and is part of a run of another.
    const nested = nestedSteps(registry, workflowId, stepId);
    const [step, another] = nested.length ? await executions.waiting(transactionId, action, nested, stepStates[state]) : [];
    if (another) {
      const keys = nested.map(({ workflowId: of, key }) => `${of}:${transactionId}:${key}:${action}`);
      throw engineErrors.ambiguousStep(stepId, workflowId, transactionId, keys);
    }
    return step && steer(step, address);
  }

  /** Which of the ways to read a key is meant: the one whose step is there. */
  private async chosen(addresses: readonly SteppedAddress[], state: AwaitedState): Promise<SteppedAddress> {
    const { registry, executions } = this.services;
    const [first] = addresses as [SteppedAddress];
    if (addresses.length === 1) return first;
    const there: SteppedAddress[] = [];
    for (const address of addresses) {
      const { workflowId, transactionId, stepId, action } = address;
      const steps = [{ workflowId, key: stepKeyOf(registry.get(workflowId), stepId) }, ...nestedSteps(registry, workflowId, stepId)];
      if ((await executions.waiting(transactionId, action, steps, stepStates[state])).length) there.push(address);
    }
    if (there.length > 1) throw engineErrors.ambiguousKey(there);
    return there[0] ?? first;
  }

  private success({ workflowId, key }: StepOfRun, response: unknown): GivenAnswer {
    const { registry, payloads } = this.services;
    const plan = registry.get(workflowId);
    const secrets = plan && secretPaths(plan);
    const output = isStepResponse(response) ? response.output : response;
    const kept = isStepResponse(response) ? response.compensateInput : response;
    const hasSecrets = secrets?.steps.has(key);
    const packed = written(key, () => payloads.pack(output, `The answer to step "${key}"`, secrets?.values.get(key)));
    if (kept === output && !hasSecrets) return { status: "done", output: packed, compensateInput: packed };
    const what = `What the answer to step "${key}" keeps for its compensation`;
    const compensateInput = written(key, () => payloads.pack(kept, what, hasSecrets ? [[]] : secrets?.values.get(key)));
    return { status: "done", output: packed, compensateInput };
  }
}

/** The error of a step that was failed from outside: what was given, with a message in any case. */
function failureOf(key: string, response: unknown): ErrorCopy {
  const given: { message?: unknown } = typeof response === "object" && response !== null ? response : { message: response };
  const message = given.message ?? (response === undefined ? "The step failed." : written(key, () => JSON.stringify(response)));
  return { ...copyError({ ...given, message }), response: written(key, () => jsonCopy(response)) };
}

/** @throws `engine.bad_answer` where an answer is no JSON */
function written<T>(key: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof RangeError)) throw error;
    throw engineErrors.badAnswer(key, error.message);
  }
}
