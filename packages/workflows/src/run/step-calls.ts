import { withAmbient } from "@velella/kernel";
import type { EventMessage, SharedContext } from "@velella/kernel";
import type { StepExecutionContext } from "../compose/step-options";
import { isSkipResponse, isStepResponse } from "../compose/step-response";
import { runErrors } from "../errors";
import { jsonCopy } from "../plan/json-copy";
import { stepSpan } from "../tracing/spans";
import type { Attempt, Phase, StepRecord } from "./journal";
import { idempotencyKeyOf } from "./plain-call";
import { StepContext } from "./step-context";
import type { RunIdentity } from "./step-context";
import { withTimeout } from "./with-timeout";
import type { Work } from "./work";

/** Calls the functions of steps on behalf of one run. */
export class StepCalls {
  constructor(
    private readonly rootId: string,
    private readonly identity: RunIdentity,
  ) {}

  /** Calls the function of a step, and makes a record of what it returns. Throws what it throws. */
  invoke(work: Work, attempt: Attempt, input: unknown, shared: SharedContext | undefined, held: EventMessage[]): Promise<StepRecord> {
    const called = this.call(work, attempt, shared, held, (context) => work.invoke(input, context));
    const settle = (answer: unknown): StepRecord => {
      if (isSkipResponse(answer)) return { status: "skipped", attempts: attempt.number };
      if (answer === undefined && work.options.async) return { status: "waiting", attempts: attempt.number };
      const output = work.copy(isStepResponse(answer) ? answer.output : answer);
      const compensateInput =
        isStepResponse(answer) && answer.compensateInput !== answer.output ? jsonCopy(answer.compensateInput) : output;
      return { status: "done", output, compensateInput, attempts: attempt.number };
    };
    return called instanceof Promise ? called.then(settle) : Promise.resolve(called).then(settle);
  }

  /** Calls a function of a step with its context; events that it emits are held. */
  call(
    work: Work,
    attempt: Attempt,
    shared: SharedContext | undefined,
    held: EventMessage[],
    run: (context: StepExecutionContext) => unknown,
  ): unknown {
    const hold = (messages: EventMessage[]) => void held.push(...messages);
    const { scope } = work;
    const identity = {
      workflowId: scope.plan.id,
      stepName: work.name,
      action: attempt.phase,
      idempotencyKey: attempt.idempotencyKey,
      parentStepIdempotencyKey: scope.parentKey,
      attempt: attempt.number,
    };
    const context = new StepContext(this.identity, identity, shared, hold);
    const { eventGroupId } = this.identity;
    // A pure step calls no one who would emit on its behalf.
    const result = stepSpan(context, () =>
      work.options.pure ? run(context) : withAmbient({ holdEvents: hold, eventGroupId }, () => run(context)),
    );
    const { timeout } = work.options;
    return timeout && !work.options.async ? withTimeout(result, timeout, () => runErrors.timedOut(`Step ${work.name}`, timeout)) : result;
  }

  attemptOf(work: Work, phase: Phase, number: number): Attempt {
    return {
      key: work.key,
      phase,
      number,
      transactional: Boolean(work.options.transactional),
      idempotencyKey: this.idempotencyKey(work.key, phase),
      startedAt: Date.now(),
    };
  }

  idempotencyKey(key: string, phase: Phase): string {
    return idempotencyKeyOf(this.rootId, this.identity.transactionId, key, phase);
  }
}
