import type { Container } from "@velella/kernel";
import type { TransformContext } from "../options/transform-context";
import { markOf } from "../plan/note-keys";
import { copyNamed } from "../plan/not-json";
import type { Slot } from "../plan/plan";
import { copierOf } from "../plan/shape-copier";
import type { Template } from "../plan/template";
import { endsWithin } from "./ends-within";
import type { Journal } from "./journal";
import type { Scope } from "./scope";
import type { RunIdentity } from "./step-context";

/** Fills in templates, and computes the transforms that they need, each once per run. */
export class Values {
  constructor(
    private readonly identity: RunIdentity,
    private readonly journal: Journal,
    /** Throws when the run is to be undone. */
    private readonly checkStop: (scope: Scope) => void,
  ) {}

  /** Computes what a template needs, then fills it in. */
  resolve(template: Template, scope: Scope): unknown {
    const pending = this.computeAll(template.transforms, scope);
    return pending ? pending.then(() => template.resolve(scope)) : template.resolve(scope);
  }

  private computeAll(transforms: readonly Slot[], scope: Scope): Promise<void> | undefined {
    for (let i = 0; i < transforms.length; i++) {
      const pending = this.computeTransform(transforms[i] as Slot, scope);
      if (pending) return pending.then(() => this.computeAll(transforms.slice(i + 1), scope));
    }
    return undefined;
  }

  /** Nothing when the value is there, else a promise of it: most transforms are plain functions and need no waiting. */
  private computeTransform(slot: Slot, scope: Scope): Promise<void> | undefined {
    const state = scope.computed?.get(slot.index);
    if (state) return state === true ? undefined : state;
    const transform = slot.transform;
    if (!transform) return undefined;
    const key = scope.prefix + transform.key;
    const known = this.journal.recall(key);
    if (known) {
      scope.slots[slot.index] = known.value;
      scope.markComputed(slot.index, true);
      return undefined;
    }
    const keep = (value: unknown) => {
      const what = () => `What "${transform.key}" of workflow "${scope.plan.id}" returns`;
      const copied = copyNamed(value, what, copierOf(transform));
      if (!this.journal.forgets) this.journal.note(key, copied, undefined, markOf(transform));
      scope.slots[slot.index] = copied;
      scope.markComputed(slot.index, true);
    };
    let value: unknown = this.resolve(transform.values, scope);
    for (const fn of transform.functions) {
      const from = value;
      value = isPromise(from) ? from.then((resolved) => fn(resolved, this.contextOf(scope))) : fn(from, this.contextOf(scope));
    }
    if (!isPromise(value)) return void keep(value);
    const pending = this.inTime(value, scope).then(keep);
    scope.markComputed(slot.index, pending);
    pending.catch(() => scope.computed?.delete(slot.index));
    return pending;
  }

  /** What a transform or a condition returned. It has no effect: once the run is to be undone nobody waits for it. */
  inTime<T>(value: T, scope: Scope): T | Promise<unknown> {
    const { secondsLeft, cancellation } = this.journal;
    return isPromise(value) && (secondsLeft !== undefined || cancellation || scope.time) ? this.waitFor(value, cancellation, scope) : value;
  }

  private async waitFor(value: Promise<unknown>, cancellation: AbortSignal | undefined, scope: Scope): Promise<unknown> {
    let hear: () => void = () => undefined;
    const cancelled = new Promise<void>((resolve) => (hear = resolve));
    cancellation?.addEventListener("abort", hear);
    try {
      for (;;) {
        if (cancellation?.aborted) this.checkStop(scope);
        const left = Math.min(this.journal.secondsLeft ?? Infinity, scope.time?.nearest.secondsLeft ?? Infinity);
        const hasEnded = await endsWithin(Promise.race([value, cancelled]), left);
        if (hasEnded && !cancellation?.aborted) return await value;
        // A timer may fire a little early by the clock that the run is stopped by: then there is time left.
        this.checkStop(scope);
      }
    } finally {
      cancellation?.removeEventListener("abort", hear);
    }
  }

  /** What functions of transforms and conditions get beside the values. */
  contextOf(scope: Scope): unknown {
    return new ComputeContext(this.identity, scope.plan.id);
  }
}

class ComputeContext implements TransformContext {
  readonly transactionId: string;
  readonly runId: string;
  readonly eventGroupId: string;
  #identity: RunIdentity;

  constructor(
    identity: RunIdentity,
    readonly workflowId: string,
  ) {
    this.#identity = identity;
    this.transactionId = identity.transactionId;
    this.runId = identity.runId;
    this.eventGroupId = identity.eventGroupId;
  }

  get container(): Container {
    return this.#identity.container;
  }

  get context(): TransformContext["context"] {
    return this.#identity.context;
  }
}

/** Also true for promises of other realms and libraries: whatever has a method `then`. */
export const isPromise = (value: unknown): value is Promise<unknown> =>
  value instanceof Promise || typeof (value as { then?: unknown } | undefined)?.then === "function";
